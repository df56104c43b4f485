using System.Globalization;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Offload.Rig;

/// <summary>Runs the suite of this assembly in this process, so that an emulated machine need not start a test platform.</summary>
internal sealed class SuiteRunner : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly RigReport _report;
    private readonly string _folder;
    private readonly Action<string> _say;
    private readonly List<ITestCase> _cases = [];
    private readonly ManualResetEventSlim _discovered = new();
    private readonly ManualResetEventSlim _finished = new();

    private SuiteRunner(RigReport report, string folder, Action<string> say)
    {
        _report = report;
        _folder = folder;
        _say = say;
    }

    /// <summary>Runs it.</summary>
    /// <param name="report">Where results go.</param>
    /// <param name="folder">Where what belongs to a failed test is kept.</param>
    /// <param name="filter">Parts of the names of those that run, with commas between; null: all.</param>
    /// <param name="say">Told of every result.</param>
    internal static void Run(RigReport report, string folder, string? filter, Action<string> say)
    {
        using SuiteRunner runner = new(report, folder, say);
        Assembly assembly = typeof(SuiteRunner).Assembly;
        using XunitTestFramework framework = new(runner);
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        Options options = new();
        discoverer.Find(includeSourceInformation: false, runner, options);
        runner._discovered.Wait();
        List<ITestCase> wanted = runner._cases.FindAll(one => filter is null || filter.Split(',').Any(part => one.DisplayName.Contains(part, StringComparison.Ordinal)));
        using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
        executor.RunTests(wanted, runner, options);
        runner._finished.Wait();
    }

    public void Dispose()
    {
        _discovered.Dispose();
        _finished.Dispose();
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found:
                _cases.Add(found.TestCase);
                break;
            case IDiscoveryCompleteMessage:
                _discovered.Set();
                break;
            case ITestPassed passed:
                Add(passed, RigOutcome.Passed, passed.ExecutionTime, "");
                break;
            case ITestSkipped skipped:
                Add(skipped, RigOutcome.Skipped, 0, skipped.Reason);
                break;
            case ITestFailed failed:
                RigLog.Current.Save(Path.Combine(_folder, failed.TestMethod.Method.Name));
                Add(failed, RigOutcome.Failed, failed.ExecutionTime, string.Join('\n', failed.Messages.Zip(failed.StackTraces, (text, trace) => $"{text}\n{trace}")));
                break;
            case IErrorMessage error:
                _report.Results.Add(new RigResult("Offload.Rig", "suite", RigOutcome.Failed, TimeSpan.Zero, string.Join('\n', error.Messages)));
                break;
            case ITestAssemblyFinished:
                _finished.Set();
                break;
        }

        return true;
    }

    private void Add(ITestMessage test, RigOutcome outcome, decimal seconds, string message)
    {
        string type = test.TestClass.Class.Name.Split('.')[^1];
        _report.Results.Add(new RigResult(type, test.TestMethod.Method.Name, outcome, TimeSpan.FromSeconds((double)seconds), message));
        _say(string.Create(
            CultureInfo.InvariantCulture, $"{outcome,-8}{seconds,7:0.00} s  {type}.{test.TestMethod.Method.Name}{(outcome == RigOutcome.Passed ? "" : ": " + message)}"));
    }

    /// <summary>One test after the other, and its messages before the next.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new()
        {
            ["xunit.execution.DisableParallelization"] = true,
            ["xunit.execution.SynchronousMessageReporting"] = true,
            ["xunit.discovery.SynchronousMessageReporting"] = true,
        };

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) && value is TValue typed ? typed : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
