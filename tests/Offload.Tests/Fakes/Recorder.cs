using Microsoft.Extensions.Logging;

namespace Offload.Tests.Fakes;

/// <summary>Keeps every line that is logged.</summary>
internal sealed class Recorder : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();

    public List<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            Lines.Add($"{eventId.Id} {formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}
