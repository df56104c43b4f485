# Reads unreached.txt (FILE | kind | source of the line | reason) and Verilator's merged counts; prints lines, branches
# and toggles reached a file, then what is not reached. Exit status 1 where a line or branch is unreached without a
# reason, or has a reason and is reached.

function source(file, line,    text, i) {
    if (!(file in read)) {
        for (i = 1; (getline text < (root "/" file)) > 0; i++) sources[file, i] = text
        read[file] = 1
    }
    text = sources[file, line]
    sub(/ *\/\/.*$/, "", text)
    gsub(/^ +| +$/, "", text)
    return text
}

FNR == NR {
    if ($0 !~ /^#/ && NF) {
        split($0, part, / *\| */)
        reason[part[1] " | " part[2] " | " part[3]] = part[4]
    }
    next
}

/^C / {
    count = $NF + 0
    point = $0
    sub(/^C '/, "", point)
    sub(/' [0-9]+$/, "", point)
    n = split(point, part, "\001")
    for (i = 1; i <= n; i++) {
        at = index(part[i], "\002")
        if (at) value[substr(part[i], 1, at - 1)] = substr(part[i], at + 1)
    }
    file = value["f"]
    kind = value["page"]
    sub(/^v_/, "", kind)
    sub(/\/.*/, "", kind)
    files[file] = 1
    total[file, kind]++
    if (count > 0) hit[file, kind]++
    if (kind == "toggle") {
        name = value["o"]
        sub(/\[.*/, "", name)
        if (count == 0) still[file " " name]++
        next
    }
    short = file
    sub(/.*\//, "", short)
    name = short " | " kind " " value["o"] " | " source(file, value["l"])
    seen[name] = 1
    if (count == 0) unreached[name] = value["l"]
}

function ratio(file, kind) {
    return sprintf("%5d of %5d", hit[file, kind], total[file, kind])
}

END {
    sorted = "sort"
    print "reached of the transition function: lines, branches, toggled bits (signals of up to 64 bits)"
    for (file in files) printf "  %-42s %s  %s  %s\n", file, ratio(file, "line"), ratio(file, "branch"), ratio(file, "toggle") | sorted
    close(sorted)
    for (name in unreached) {
        if (name in reason) print "unreached: " name ": " reason[name] | sorted
        else { print "UNREACHED: " name ": line " unreached[name] | sorted; bad = 1 }
    }
    close(sorted)
    for (name in reason) if (!(name in unreached)) {
        print (name in seen ? "REACHED, though unreached.txt names it: " : "NOT THERE, though unreached.txt names it: ") name
        bad = 1
    }
    print "never toggled, in bits a signal:"
    list = "sed 's|^.*/||' | sort | paste -sd ';' | fold -s -w 150"
    for (name in still) print name " " still[name] | list
    close(list)
    exit bad
}
