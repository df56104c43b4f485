using Offload.RegisterMap;

return GeneratorCommand.Run(args, Console.Out, Console.Error, Environment.CurrentDirectory);
