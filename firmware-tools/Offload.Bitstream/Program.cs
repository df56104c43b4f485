using Offload.Bitstream;

return (int)BitstreamTool.Run(args, Console.Out, Console.Error);
