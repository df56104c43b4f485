using Xunit;

// Boards in software and two processors: one after the other is faster, and times mean something.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
