using Offload.RuleBook;

return RuleBookCommand.Run(args, Console.Out, Console.Error, Environment.CurrentDirectory);
