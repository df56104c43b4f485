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
    /// <summary>Runs the steps from a time on. Null: no difference.</summary>
    public static Difference? Run(IReadOnlyList<Step> steps, Settings settings, ulong start, Target target, Fault fault = Fault.None)
    {
        var model = new PassiveTcp(settings, fault);
        model.AdvanceTo(start);
        target.SetTime(start);
        var touched = new HashSet<Flow>();
        bool sort = false;
        for (int i = 0; i < steps.Count; i++)
        {
            Step step = steps[i];
            string? difference = Apply(step, model, target, touched, ref sort);
            bool goesOn = step.Together && i + 1 < steps.Count && IsFromNet(step) && IsFromNet(steps[i + 1]);
            if (difference is null && !goesOn)
            {
                difference = Compare(model, target, touched, sort);
                touched.Clear();
                sort = false;
            }

            if (difference is not null)
            {
                return new Difference(i, difference);
            }
        }

        string? last = CompareCounters(model, target) ?? CompareTables(model, target);
        return last is null ? null : new Difference(steps.Count - 1, last);
    }

    /// <summary>Applies one step without comparing anything.</summary>
    public static string? Follow(Step step, PassiveTcp model, Target target)
    {
        bool sort = false;
        return Apply(step, model, target, [], ref sort);
    }

    private static string? Apply(Step step, PassiveTcp model, Target target, HashSet<Flow> touched, ref bool sort)
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
                SendFrame(segment.FromHost, segment.ToFrame(flow, connection), segment.Damage == Damage.Marked, model, target);
                break;
            case FrameStep frame:
                SendFrame(frame.FromHost, Hex.Parse(frame.Bytes), frame.Marked, model, target);
                break;
            case ListenStep listen:
                EndPoint listener = model.Settings.Listeners[listen.Slot] with { Enabled = listen.Enabled };
                model.Settings = model.Settings with { Listeners = [.. model.Settings.Listeners.Select((old, i) => i == listen.Slot ? listener : old)] };
                target.Listen(listen.Slot, listener);
                break;
            case CommandStep command:
                sort |= command.Order == (int)Order.Flush;
                return ApplyCommand(command, model, target, touched);
            default:
                throw new NotSupportedException(step.GetType().Name);
        }

        return null;
    }

    /// <summary>Only frames of one port keep their order among each other.</summary>
    private static bool IsFromNet(Step step) => step is SegmentStep { FromHost: false } or FrameStep { FromHost: false };

    private static void SendFrame(bool fromHost, byte[] frame, bool bad, PassiveTcp model, Target target)
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

    private static string? ApplyCommand(CommandStep command, PassiveTcp model, Target target, HashSet<Flow> touched)
    {
        Flow flow = World.Flows[command.Flow];
        touched.Add(flow);
        ulong created = model.Table.TryGetValue(flow, out Connection? connection) ? connection.Created : 0;
        created ^= command.WrongCreation ? 1u : 0;
        var order = (Order)command.Order;
        (OrderStatus status, Image? answer) = model.Command(order, flow, created, command.Listener, command.All);
        (OrderStatus coreStatus, Image? coreAnswer) = target.Command(order, flow, created, command.Listener, command.All);
        if (status != coreStatus)
        {
            return $"  {order}: model {status}, core {coreStatus}\n";
        }

        // What an answer shows that is not `ok` is nobody's business, but for READ and the two that act.
        return status == OrderStatus.Ok ? CompareImages($"answer of {order}", answer, coreAnswer) : null;
    }

    private static string? Compare(PassiveTcp model, Target target, HashSet<Flow> touched, bool sort)
    {
        Output expected = model.TakeOutput();
        Output actual = target.Collect();
        string? difference = CompareFrames("net", expected.Net, actual.Net, sort)
            ?? CompareFrames("host", expected.Host, actual.Host, sort: false)
            ?? CompareEvents(expected.Events, actual.Events, sort);
        foreach (Flow flow in touched)
        {
            model.Table.TryGetValue(flow, out Connection? connection);
            difference ??= CompareImages(
                $"entry {World.Flows.ToList().IndexOf(flow)}", connection?.ToImage(), target.Command(Order.Read, flow, 0, 0, false).Answer);
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

    private static string? CompareCounters(PassiveTcp model, Target target)
    {
        IReadOnlyDictionary<string, ulong> counters = target.Counters();
        IEnumerable<string> wrong = model.Counters.Where(pair => counters[pair.Key] != pair.Value)
            .Select(pair => $"    {pair.Key}: model {pair.Value}, core {counters[pair.Key]}\n");
        string text = string.Concat(wrong);
        return text.Length == 0 ? null : "  counters:\n" + text;
    }

    private static string? CompareTables(PassiveTcp model, Target target)
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
