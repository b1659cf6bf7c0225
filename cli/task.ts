// A command with its options, as plain data: read on the thread of the terminal, performed on a thread that may be blocked.

import { type ListOptions, list } from './commands/list.js'
import { type ReplayOptions, replay } from './commands/replay.js'
import { type RunOptions, run } from './commands/run.js'
import { type ShrinkOptions, shrink } from './commands/shrink.js'
import type { Context } from './context.js'
import { reportError } from './error-report.js'
import type { ExitCode } from './exit-code.js'

export type Task =
  | { readonly command: 'list'; readonly options: ListOptions }
  | { readonly command: 'run'; readonly options: RunOptions }
  | { readonly command: 'replay'; readonly options: ReplayOptions }
  | { readonly command: 'shrink'; readonly options: ShrinkOptions }

/** Every error ends in an exit code; nothing is thrown. */
export async function perform(task: Task, context: Context): Promise<ExitCode> {
  try {
    switch (task.command) {
      case 'list':
        return await list(task.options, context)
      case 'run':
        return await run(task.options, context)
      case 'replay':
        return await replay(task.options, context)
      case 'shrink':
        return await shrink(task.options, context)
    }
  } catch (error) {
    return reportError(error, task.options.json, context)
  }
}
