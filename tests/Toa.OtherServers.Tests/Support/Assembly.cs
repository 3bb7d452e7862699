using Xunit;

// The simulated provider is process-wide, so tests do not run in parallel.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
