using System.Globalization;

namespace Offload.Cli.Shell;

/// <summary>Tells on the error stream what is being done: one line that moves on a terminal, one line a step in a pipe.</summary>
internal sealed class ProgressLine(TextWriter writer, bool isTerminal, bool quiet = false) : IDisposable
{
    private const int BarWidth = 28;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    private readonly Lock _lock = new();
    private string _step = "";
    private DateTime _shown;
    private bool _open;

    /// <summary>Begins a step; the one before is done.</summary>
    internal void Step(string text)
    {
        lock (_lock)
        {
            if (quiet)
            {
                return;
            }

            Close();
            _step = text;
            if (isTerminal)
            {
                writer.Write($"\r\e[K{text} ...");
                writer.Flush();
                _open = true;
                _shown = default;
            }
            else
            {
                writer.WriteLine(text);
            }
        }
    }

    /// <summary>Tells how far the step is; shown on a terminal only.</summary>
    internal void Update(long done, long total)
    {
        lock (_lock)
        {
            var now = DateTime.UtcNow;
            if (quiet || !isTerminal || !_open || total <= 0 || (now - _shown < Pause && done < total))
            {
                return;
            }

            _shown = now;
            var filled = (int)(BarWidth * Math.Clamp(done, 0, total) / total);
            writer.Write(string.Create(
                CultureInfo.InvariantCulture, $"\r\e[K{_step} [{new string('#', filled)}{new string('.', BarWidth - filled)}] {done:N0}/{total:N0}"));
            writer.Flush();
        }
    }

    /// <summary>Ends the last step.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Close();
        }
    }

    private void Close()
    {
        if (_open)
        {
            writer.Write($"\r\e[K{_step}\n");
            writer.Flush();
            _open = false;
        }
    }
}
