using System.Text;
using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>Where model and core parted.</summary>
internal sealed record Difference(int Step, string Text);

/// <summary>Drives the model and an engine with the same steps, and compares all that can be seen after each.</summary>
internal static class Runner
{
    /// <summary>
    /// Where the target shows its memories, all entries are compared every time. Over the register bus, where a read takes longer than a segment,
    /// events and an entry that was touched come after every so many comparisons, and the whole table at the end.
    /// </summary>
    private const int UseRegistersEvery = 16;

    /// <summary>The same where there is no other way.</summary>
    private const int ReadEntriesEvery = 4;

    /// <summary>Runs the steps from a time on. Null: no difference.</summary>
    public static Difference? Run(IReadOnlyList<Step> steps, Settings settings, ulong start, Target target, Fault fault = Fault.None)
    {
        var model = new TcpModel(settings, fault);
        model.AdvanceTo(start);
        target.SetTime(start);
        model.Beat();
        target.Beat();
        var touched = new HashSet<Flow>();
        bool sort = false;
        int comparisons = 0;
        int underWay = 0;
        bool cookiesWereOut = false;
        for (int i = 0; i < steps.Count; i++)
        {
            Step step = steps[i];
            if (underWay > 0 && (IsInDoubt(model, underWay) || model.CookiesAreOut != cookiesWereOut))
            {
                target.Settle();
                underWay = 0;
                if (FollowEvictions(model, target) is string wrong)
                {
                    return new Difference(i - 1, wrong);
                }
            }

            cookiesWereOut = underWay == 0 ? model.CookiesAreOut : cookiesWereOut;
            underWay++;
            bool goesOn = false;
            string? difference;
            Meeting? meeting = underWay == 1 ? Gather(steps, i, model) : null;
            if (meeting is not null)
            {
                i += meeting.Count - 1;
                difference = meeting.Take(target);
                touched.UnionWith(meeting.Flows);
            }
            else
            {
                difference = Apply(step, model, target, touched, ref sort);
                goesOn = step.Together && i + 1 < steps.Count && IsFromNet(step) && IsFromNet(steps[i + 1]);
            }

            if (difference is null && !goesOn)
            {
                comparisons++;
                difference = FollowEvictions(model, target) ?? Compare(model, target, sort, meeting is not null, quickly: comparisons % UseRegistersEvery != 0);
                List<Image>? entries = difference is null ? target.Peek() : null;
                difference ??= entries is null ? null : CompareEntries(model, entries);
                bool read = comparisons % (entries is null ? ReadEntriesEvery : UseRegistersEvery) == 0;
                difference ??= read ? CompareTouched(model, target, entries is null ? touched : touched.Take(1)) : null;
                if (read)
                {
                    touched.Clear();
                }

                sort = false;
                underWay = 0;
            }

            if (difference is not null)
            {
                return new Difference(i, difference);
            }
        }

        string? last = CompareCounters(model, target) ?? CompareTables(model, target);
        return last is null ? null : new Difference(steps.Count - 1, last);
    }

    /// <summary>The steps from here on that are to meet: more than one, and not just frames of the net port, whose order is known. Null: none.</summary>
    private static Meeting? Gather(IReadOnlyList<Step> steps, int first, TcpModel model)
    {
        int end = first;
        bool mixed = !IsFromNet(steps[first]);
        while (steps[end].Together && end + 1 < steps.Count && end + 1 - first < Meeting.Most && CanMeet(steps[end + 1]))
        {
            mixed |= !IsFromNet(steps[++end]);
        }

        if (end == first || !mixed || !CanMeet(steps[first]))
        {
            return null;
        }

        var meeting = new Meeting(model);
        for (int i = first; i <= end && meeting.Invite(steps[i]); i++)
        {
        }

        return meeting.Count > 1 ? meeting : null;
    }

    /// <summary>Where the table is small: who made room in the engine does so in the model, if K2 says that it is his turn.</summary>
    private static string? FollowEvictions(TcpModel model, Target target)
    {
        if (target.TakeEvictions() is not List<Flow> evictions)
        {
            return null;
        }

        foreach (Flow flow in evictions)
        {
            if (!model.Evict(flow))
            {
                return $"  {flow} made room in the core; in the model {(model.OwesRoom ? $"it is {model.Oldest()[0].Flow}'s turn" : "nobody has to")}\n";
            }
        }

        return model.OwesRoom ? $"  {model.Oldest()[0].Flow} has to make room, and in the core nobody does\n" : null;
    }

    private static bool CanMeet(Step step) => step is SegmentStep or FrameStep or IcmpStep or CommandStep;

    /// <summary>Applies one step without comparing anything.</summary>
    public static string? Follow(Step step, TcpModel model, Target target)
    {
        bool sort = false;
        return Apply(step, model, target, [], ref sort);
    }

    private static string? Apply(Step step, TcpModel model, Target target, HashSet<Flow> touched, ref bool sort)
    {
        switch (step)
        {
            case AdvanceStep advance:
                sort = true; // Entries fall due in the table's order, which is the core's own affair.
                model.AdvanceTo(model.Time + advance.Microseconds);
                target.SetTime(model.Time);
                break;
            case SegmentStep segment:
                Flow flow = World.Flows[segment.Flow];
                touched.Add(flow);
                model.Table.TryGetValue(flow, out Connection? connection);
                SendFrame(segment.FromHost, segment.ToFrame(flow, connection, model.SentCookies.GetValueOrDefault(flow)), segment.Damage == Damage.Marked, model, target);
                break;
            case FrameStep frame:
                SendFrame(frame.FromHost, Hex.Parse(frame.Bytes), frame.Marked, model, target);
                break;
            case ListenStep listen:
                EndPoint listener = model.Settings.Listeners[listen.Slot] with { Enabled = listen.Enabled };
                model.Settings = model.Settings with { Listeners = [.. model.Settings.Listeners.Select((old, i) => i == listen.Slot ? listener : old)] };
                target.Listen(listen.Slot, listener);
                break;
            case IcmpStep icmp:
                model.Table.TryGetValue(World.Flows[icmp.Flow], out Connection? quoted);
                SendFrame(fromHost: false, icmp.ToFrame(World.Flows[icmp.Flow], quoted), bad: false, model, target);
                touched.Add(World.Flows[icmp.Flow]);
                break;
            case BeatStep:
                model.Beat();
                target.Beat();
                break;
            case KeyStep key:
                model.CommitCookieKey(key.Key);
                target.CommitCookieKey(key.Key);
                break;
            case CommandStep command:
                sort |= command.Order == (int)Order.Flush;
                return ApplyCommand(command, model, target, touched);
            default:
                throw new NotSupportedException(step.GetType().Name);
        }

        return null;
    }

    /// <summary>
    /// Some things hang on what frames still under way will do, and the core may know it or not when the next one comes: which SYNs and ACKs are
    /// hashed as cookies near the threshold, whether a first cookie has been sent, whether a park slot has become free, and who is in a table that is nearly full. There the core settles
    /// first, so that the model's answer, which knows all that came before, is the only right one.
    /// </summary>
    public static bool IsInDoubt(TcpModel model, int underWay) =>
        model.CookiesInDoubt(underWay) || model.RoomInDoubt(underWay) || model.ParkedFrames + underWay >= model.Settings.ParkSlots;

    /// <summary>Only frames of one port keep their order among each other.</summary>
    private static bool IsFromNet(Step step) => step is SegmentStep { FromHost: false } or FrameStep { FromHost: false } or IcmpStep;

    private static void SendFrame(bool fromHost, byte[] frame, bool bad, TcpModel model, Target target)
    {
        if (fromHost)
        {
            model.FromHost(frame, bad);
            target.Send(Port.Host, frame, bad);
        }
        else
        {
            model.FromNet(frame, bad);
            target.Send(Port.Net, frame, bad);
        }
    }

    private static string? ApplyCommand(CommandStep command, TcpModel model, Target target, HashSet<Flow> touched)
    {
        Flow flow = World.Flows[command.Flow];
        touched.Add(flow);
        model.Table.TryGetValue(flow, out Connection? connection);
        var order = (Order)command.Order;
        Arguments arguments = command.ToArguments(connection);
        (OrderStatus Status, Image? Answer) answer = model.Command(order, flow, arguments);
        return CompareAnswers(order, answer, target.Command(order, flow, arguments));
    }

    /// <summary>What a command gave in the model and in the engine. What an answer shows that is not `ok` is nobody's business.</summary>
    public static string? CompareAnswers(Order order, (OrderStatus Status, Image? Answer) model, (OrderStatus Status, Image? Answer) core) =>
        model.Status != core.Status ? $"  {order}: model {model.Status}, core {core.Status}\n"
            : model.Status == OrderStatus.Ok ? CompareImages($"answer of {order}", model.Answer, core.Answer) : null;

    private static string? Compare(TcpModel model, Target target, bool sort, bool met, bool quickly)
    {
        Output expected = model.TakeOutput();
        Output actual = quickly ? target.CollectQuickly() : target.Collect();
        return (met && Merges(expected.Net, expected.NetWays, actual.Net) ? null : CompareFrames("net", expected.Net, actual.Net, sort))
            ?? (met && Merges(expected.Host, expected.HostWays, actual.Host) ? null : CompareFrames("host", expected.Host, actual.Host, sort: false))
            ?? CompareEvents(expected.Events, actual.Events, sort);
    }

    /// <summary>
    /// The frames are the expected ones, those of each way in their order; between the ways there is none, but that what is passed behind a RELEASE
    /// follows all that was parked.
    /// </summary>
    private static bool Merges(List<byte[]> expected, List<Way> ways, List<byte[]> actual)
    {
        if (expected.Count != actual.Count)
        {
            return false;
        }

        List<byte[]> own = [.. expected.Where((_, i) => ways[i] == Way.Own)];
        List<(byte[] Frame, bool Behind)> passed = [.. expected.Select((frame, i) => (frame, ways[i])).Where(pair => pair.Item2 != Way.Own).Select(pair => (pair.frame, pair.Item2 == Way.Behind))];
        HashSet<int> taken = [0]; // How many of the engine's own may have been seen so far.
        for (int i = 0; i < actual.Count; i++)
        {
            HashSet<int> next = [];
            foreach (int k in taken)
            {
                if (k < own.Count && own[k].AsSpan().SequenceEqual(actual[i]))
                {
                    next.Add(k + 1);
                }

                int j = i - k;
                if (j < passed.Count && passed[j].Frame.AsSpan().SequenceEqual(actual[i]) && (!passed[j].Behind || k == own.Count))
                {
                    next.Add(k);
                }
            }

            taken = next;
        }

        return taken.Contains(own.Count);
    }

    private static string? CompareEntries(TcpModel model, List<Image> entries)
    {
        if (entries.Count != model.Table.Count)
        {
            return $"  entries: model {model.Table.Count}, core {entries.Count}\n";
        }

        Dictionary<Flow, Image> actual = [];
        foreach (Image entry in entries)
        {
            Flow flow = entry.Flow;
            if (!actual.TryAdd(flow, entry))
            {
                return $"  {flow} is in the core's table twice\n";
            }
        }

        foreach ((Flow flow, Connection connection) in model.Table)
        {
            if (CompareImages("entry", connection.ToImage(), actual.GetValueOrDefault(flow)) is string text)
            {
                return $"  {flow}\n{text}";
            }
        }

        return null;
    }

    private static string? CompareTouched(TcpModel model, Target target, IEnumerable<Flow> touched)
    {
        string? difference = null;
        foreach (Flow flow in touched)
        {
            model.Table.TryGetValue(flow, out Connection? connection);
            difference ??= CompareImages("entry", connection?.ToImage(), target.Command(Order.Read, flow).Answer) is string text ? $"  {flow}\n{text}" : null;
        }

        return difference;
    }

    private static string? CompareFrames(string port, List<byte[]> expected, List<byte[]> actual, bool sort)
    {
        List<string> model = [.. expected.Select(frame => Hex.Format(frame))];
        List<string> core = [.. actual.Select(frame => Hex.Format(frame))];
        if (sort)
        {
            model.Sort(StringComparer.Ordinal);
            core.Sort(StringComparer.Ordinal);
        }

        if (model.SequenceEqual(core))
        {
            return null;
        }

        var text = new StringBuilder($"  frames at {port}:\n");
        foreach (string frame in model)
        {
            text.Append("    model ").AppendLine(frame);
        }

        foreach (string frame in core)
        {
            text.Append("    core  ").AppendLine(frame);
        }

        return text.ToString();
    }

    private static string? CompareEvents(List<Image> expected, List<Image> actual, bool sort)
    {
        if (expected.Count != actual.Count)
        {
            return $"  events: model {expected.Count}, core {actual.Count}\n";
        }

        IEnumerable<Image> model = sort ? Sorted(expected) : expected;
        IEnumerable<Image> core = sort ? Sorted(actual) : actual;
        return model.Zip(core, (a, b) => CompareImages("event", a, b)).FirstOrDefault(text => text is not null);
    }

    private static string? CompareImages(string what, Image? expected, Image? actual) => (expected, actual) switch
    {
        (null, null) => null,
        (null, _) => $"  {what}: the model has none, the core has one in state {actual["state"]}\n",
        (_, null) => $"  {what}: the core has none, the model has one in state {expected["state"]}\n",
        _ => expected.Same(actual) ? null : $"  {what}:\n{expected.Differences(actual, "model", "core")}",
    };

    private static string? CompareCounters(TcpModel model, Target target)
    {
        IReadOnlyDictionary<string, ulong> counters = target.Counters();
        IEnumerable<string> wrong = model.Counters.Where(pair => counters[pair.Key] != pair.Value)
            .Select(pair => $"    {pair.Key}: model {pair.Value}, core {counters[pair.Key]}\n");
        string text = string.Concat(wrong);
        return text.Length == 0 ? null : "  counters:\n" + text;
    }

    private static string? CompareTables(TcpModel model, Target target)
    {
        List<Image> expected = Sorted(model.Table.Values.Select(connection => connection.ToImage()));
        List<Image> actual = Sorted(target.Entries());
        return expected.Count != actual.Count
            ? $"  table: model {expected.Count} entries, core {actual.Count}\n"
            : expected.Zip(actual, (a, b) => CompareImages("table", a, b)).FirstOrDefault(text => text is not null);
    }

    private static List<Image> Sorted(IEnumerable<Image> images) =>
        [.. images.OrderBy(image => string.Join(",", image.ToWords().Select(word => word.ToString("x8"))), StringComparer.Ordinal)];
}
