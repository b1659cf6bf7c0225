// H11: a registration is counted before it is found that the thread has an executor.

import { threadId } from 'node:worker_threads'
import type { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { VariantManager } from './variant-manager.js'

export class RegisterCountsFirstManager extends VariantManager {
  override registerNewExecutor(executorId: number): LocalManager {
    if (this.locals.has(threadId)) this.memory.steps.join(executorId)
    return super.registerNewExecutor(executorId)
  }
}
