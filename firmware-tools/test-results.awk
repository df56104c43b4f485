# Reads one TRX file of `dotnet test`. -v mode=counts prints "passed failed skipped"; mode=skipped and mode=failed print
# a line a test, with its reason. The Counters element is not used: it does not count skipped tests.
function attribute(line, name,    value) {
  if (!match(line, " " name "=\"[^\"]*\"")) return ""
  value = substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
  return plain(value)
}
function plain(text) {
  gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text)
  gsub(/&#xD;/, "", text); gsub(/&#xA;/, " ", text); gsub(/&amp;/, "\\&", text)
  return text
}
function finish() {
  if (test == "") return
  if (mode == outcome) {
    reason = plain(message)
    sub(/^[ \t]+/, "", reason)
    if (reason == "") reason = "no reason given"
    printf "%s: %s: %s\n", outcome, test, reason
  }
  test = ""
}
/<UnitTestResult / {
  test = attribute($0, "testName")
  result = attribute($0, "outcome")
  outcome = result == "Passed" ? "passed" : (result == "NotExecuted" ? "skipped" : "failed")
  count[outcome]++
  message = ""
  if ($0 ~ /\/>[ \t\r]*$/) finish()
  next
}
/<\/UnitTestResult>/ { finish(); next }
test != "" && /<Message>/ {
  message = $0
  sub(/.*<Message>/, "", message)
  sub(/<\/Message>.*/, "", message)
}
END { if (mode == "counts") print count["passed"] + 0, count["failed"] + 0, count["skipped"] + 0 }
