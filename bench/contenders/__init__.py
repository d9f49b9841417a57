"""Who does the jobs: a module each. A job is a generator: what comes before its first `yield` and after its second is not timed."""
