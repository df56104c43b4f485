namespace Offload.AspNetCore;

/// <summary>What to do where an application with a board does not start, besides what the error says itself.</summary>
internal static class StartHelp
{
    /// <summary>The advice; empty where the error's own message says all.</summary>
    public static string Of(OffloadError code) => code switch
    {
        OffloadError.BoardNotFound => "Plug it in, start the process that serves it (`offload boards` lists what is there, `offload virtual run` starts one in "
            + "software), or add its BoardProvider to the application's services.",
        OffloadError.BoardAmbiguous => "Set BoardId in UseOffload.",
        OffloadError.NoBitstream => "Set BitstreamPath in UseOffload, or load one before (`offload load FILE`).",
        OffloadError.RegisterMapMismatch => "Load the bitstream that belongs to this version (`offload load FILE`).",
        OffloadError.AddressNotAvailable => "`ip address` shows the addresses of the host behind the board.",
        _ => "",
    };
}
