// A manager in which one piece is another: the local manager, or the steps on the shared word. Everything else is the good one.

import type { EpochSteps } from '../../../primitives/qsbr/epoch-steps.js'
import { openManager, type QsbrMemory, type QsbrOptions } from '../../../primitives/qsbr/layout.js'
import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { SharedManager } from '../../../primitives/qsbr/shared-manager.js'

/** What scenarios need of a class of managers. */
export interface ManagerClass {
  byteLength(): number
  init(buffer: SharedArrayBuffer, byteOffset: number, options?: QsbrOptions): SharedManager
  attach(buffer: SharedArrayBuffer, byteOffset: number): SharedManager
}

/** The good manager, as a class that variants extend. */
export class VariantManager extends SharedManager {
  static override init(buffer: SharedArrayBuffer, byteOffset: number, options?: QsbrOptions): SharedManager {
    SharedManager.init(buffer, byteOffset, options)
    // biome-ignore lint/complexity/noThisInStatic: a variant makes managers of its own class
    return this.attach(buffer, byteOffset)
  }

  static override attach(buffer: SharedArrayBuffer, byteOffset: number): SharedManager {
    return new this(openManager(buffer, byteOffset))
  }

  constructor(memory: QsbrMemory) {
    super(memory, new Map())
  }

  protected override newLocalManager(executorId: number, joined: bigint, startMs: number): LocalManager {
    const Local = this.localManagerClass()
    return new Local(this, this.memory, this.locals, executorId, joined, startMs)
  }

  protected localManagerClass(): typeof LocalManager {
    return LocalManager
  }
}

/** The memory with other steps on its word. */
export function withSteps(memory: QsbrMemory, Steps: new (words: BigInt64Array) => EpochSteps): QsbrMemory {
  return { ...memory, steps: new Steps(memory.steps.words) }
}
