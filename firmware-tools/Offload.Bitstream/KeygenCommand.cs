using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Offload.Programming;

namespace Offload.Bitstream;

/// <summary>`keygen`: makes a pair of keys to sign with.</summary>
internal static class KeygenCommand
{
    internal static Command Create(TextWriter output)
    {
        Argument<string> name = new("name") { Description = "Path of the pair without its endings: NAME.key.pem is the private key, NAME.pub.pem the public one." };
        Command command = new("keygen", "Makes a pair of ECDSA keys on P-256, from the operating system's generator. Replaces nothing.") { name };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(name);
            string publicPath = path + ".pub.pem";
            if (File.Exists(publicPath))
            {
                throw new ToolException(ExitCode.Usage, $"{publicPath} is there already; choose another name, or remove it first");
            }

            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            ToolFiles.Write(path + ".key.pem", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), replace: false, secret: true);
            ToolFiles.Write(publicPath, Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"), replace: false);
            output.WriteLine($"key {TrustedKey.FromKey(key).Id}");
            output.WriteLine($"keep {path}.key.pem to yourself; put {publicPath} into the trusted keys of whoever shall load what you sign");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
