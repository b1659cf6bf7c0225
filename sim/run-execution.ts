// Runs one execution to its end. Most end without a promise, so they need not be awaited.

import { execution, type RunState } from './execution.js'
import { beat } from './heartbeat.js'
import type { Seed } from './random-streams.js'
import type { StepRecorder } from './step-recorder.js'
import type { Strategy } from './strategies/strategy.js'

/** Sets an execution up and runs it; where it answers `microtasks`, {@link settleExecution} does the rest. Throws faults of the harness. */
export function startExecution(seed: Seed, strategy: Strategy, recorder?: StepRecorder): RunState {
  execution.imports.begin()
  return start(seed, strategy, recorder)
}

function start(seed: Seed, strategy: Strategy, recorder: StepRecorder | undefined): RunState {
  let state: RunState
  do {
    state = 'ended'
    beat(seed)
    try {
      execution.begin(seed, strategy, recorder)
      state = execution.run()
    } catch (fault) {
      mustCount(fault)
    } finally {
      if (state === 'ended') execution.end()
    }
  } while (state === 'ended' && execution.imports.mustRepeat())
  return state
}

/** Lets promises settle until the execution has ended. Throws faults of the harness. */
export async function settleExecution(): Promise<void> {
  const { imports } = execution
  try {
    do {
      while (!(await settleUntilLoad())) await imports.load()
      execution.end()
    } while (imports.mustRepeat() && start(execution.seed, execution.strategy, execution.recorder) === 'microtasks')
  } finally {
    execution.end()
  }
}

/** Whether the execution has ended; otherwise modules must be loaded before it can go on. What their top level rejects is no peer's. */
async function settleUntilLoad(): Promise<boolean> {
  try {
    return await execution.eventLoop.rejections.whileWatched(settle)
  } catch (fault) {
    mustCount(fault)
    return true
  }
}

async function settle(): Promise<boolean> {
  const { imports } = execution
  do {
    await microtasks()
    while (!imports.mustLoad && imports.settle()) await microtasks()
    if (imports.mustLoad) return false
    execution.afterMicrotasks()
  } while (execution.run() === 'microtasks')
  return true
}

/** Throws a fault of an execution, unless the execution does not count: then it need not replay, either. */
function mustCount(fault: unknown): void {
  if (!execution.imports.anyLoaded) throw fault
}

/** Lets all microtasks run that are due. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
