// What the process says to the shell.

/** Every exit code of `heddle`. */
export const exitCode = {
  passed: 0,
  /** A good subject broke: violated, deadlock or stuck. */
  violated: 1,
  /** The command line, a file or a scenario is not as it must be. */
  usage: 2,
  /** A fault of the harness: non-deterministic, diverged, vacuous, a known-bad subject that was not found, an internal error. */
  fault: 3,
  /** Executions ran out of steps: neither a pass nor a failure. */
  unknown: 4,
  /** Ctrl-C, and nothing had broken. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
