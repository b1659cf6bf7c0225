// Runs one execution to its end. Most end without a promise, so they need not be awaited.

import { execution, type RunState } from './execution.js'
import { beat } from './heartbeat.js'
import type { Seed } from './random-streams.js'
import type { StepRecorder } from './step-recorder.js'
import type { Strategy } from './strategies/strategy.js'

/** Sets an execution up and runs it; where it answers `microtasks`, {@link settleExecution} does the rest. Throws faults of the harness. */
export function startExecution(seed: Seed, strategy: Strategy, recorder?: StepRecorder): RunState {
  let state: RunState = 'ended'
  beat(seed)
  try {
    execution.begin(seed, strategy, recorder)
    state = execution.run()
  } finally {
    if (state === 'ended') execution.end()
  }
  return state
}

/** Lets promises settle until the execution has ended. Throws faults of the harness. */
export async function settleExecution(): Promise<void> {
  try {
    await execution.eventLoop.rejections.whileWatched(async () => {
      do {
        await new Promise((resolve) => setImmediate(resolve))
        execution.afterMicrotasks()
      } while (execution.run() === 'microtasks')
    })
  } finally {
    execution.end()
  }
}
