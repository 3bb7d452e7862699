using Xunit;

// The provider is played for the whole process: tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
