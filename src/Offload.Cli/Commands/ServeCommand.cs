using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Offload.AspNetCore;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Cli.Web;

namespace Offload.Cli.Commands;

/// <summary><c>offload serve</c>: a folder's files over HTTP, on connections that the board opens.</summary>
internal static class ServeCommand
{
    private const string StatusPath = "/offload/";

    // How often it is seen whether the board still answers.
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    internal static Command Create(OffloadCommand root)
    {
        var folder = new Argument<DirectoryInfo>("DIR")
        {
            Description = "Folder whose files are served; names that begin with a dot are not.",
            DefaultValueFactory = _ => new DirectoryInfo(Directory.GetCurrentDirectory()),
        };
        var listen = new Option<string[]>("--listen")
        {
            Description = "Address and port of the host behind the board: 192.0.2.2:80 or [2001:db8::2]:80. Can be given more than once.",
            HelpName = "ADDRESS:PORT",
            Required = true,
        };
        var certificate = new Option<FileInfo?>("--certificate") { Description = "Certificate chain (PEM): HTTPS instead of HTTP. Needs --key.", HelpName = "FILE" };
        var key = new Option<FileInfo?>("--key") { Description = "The certificate's private key (PEM, not encrypted).", HelpName = "FILE" };
        var status = new Option<bool>("--status") { Description = $"Show the board at work on {StatusPath}: its connections, to everybody who may connect." };
        var command = new Command("serve", "Serves a folder over HTTP until it gets Ctrl-C or SIGTERM; the board does the handshakes. Needs CAP_NET_ADMIN.") { folder, listen, certificate, key, status };
        command.Validators.Add(result =>
        {
            if (result.GetValue(certificate) is null != result.GetValue(key) is null)
            {
                result.AddError("--certificate and --key belong together: give both, or neither.");
            }

            foreach (var text in result.GetValue(listen) ?? [])
            {
                if (!IPEndPoint.TryParse(text, out var endPoint) || endPoint.Port == 0)
                {
                    result.AddError($"'{text}' is no end point: ADDRESS:PORT or [ADDRESS]:PORT with a port of 1 to 65535.");
                }
            }
        });
        return root.With(command, async context =>
        {
            var path = context.Get(folder).FullName;
            if (!Directory.Exists(path))
            {
                throw new DirectoryNotFoundException($"there is no folder {path}.");
            }

            using var served = Certificate(context.Arguments.GetValue(certificate), context.Arguments.GetValue(key));
            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                return await RunAsync(context, board, path, context.Get(listen), served, context.Get(status)).ConfigureAwait(false);
            }
        });
    }

    private static X509Certificate2? Certificate(FileInfo? certificate, FileInfo? key)
    {
        if (certificate is null)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(certificate.FullName, key!.FullName);
        }
        catch (CryptographicException e)
        {
            throw new CliException(
                ExitCode.Failed,
                $"{certificate} and {key} are not a certificate and its key: {e.Message}",
                "One for tests: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -keyout key.pem -out certificate.pem");
        }
    }

    private static async Task<ExitCode> RunAsync(
        CommandContext context, OffloadBoard board, string folder, string[] endPoints, X509Certificate2? certificate, bool status)
    {
        var app = BoardSite.Create(board, offload =>
        {
            foreach (var endPoint in endPoints)
            {
                offload.Listen(endPoint, listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                });
            }
        });
        await using (app.ConfigureAwait(false))
        {
            using var feed = new StatusFeed(board);
            if (status)
            {
                app.MapStatus(StatusPath, feed);
            }

            app.MapFolder(folder);
            await app.StartAsync(context.Cancellation).ConfigureAwait(false);
            var urls = app.Urls.ToArray();
            Tell(context, "running", folder, urls);
            try
            {
                while (true)
                {
                    // Throws where the board is gone: then nothing is served any more.
                    await board.GetStatusAsync(context.Cancellation).ConfigureAwait(false);
                    await Task.Delay(Watch, context.Cancellation).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
            {
                // How it is told to end: what is under way is finished.
            }

            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            Tell(context, "stopped", folder, urls);
            return ExitCode.Ok;
        }
    }

    private static void Tell(CommandContext context, string state, string folder, string[] urls)
    {
        if (context.Json)
        {
            context.WriteJson(new JsonObject { ["event"] = state, ["folder"] = folder, ["urls"] = JsonOutput.Array(urls, url => JsonValue.Create(url)) });
            return;
        }

        context.Output.WriteLine(state == "running"
            ? $"{folder} is served on {string.Join(", ", urls)}; Ctrl-C ends it"
            : $"{folder} is no longer served");
    }
}
