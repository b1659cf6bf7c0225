// H18: the end of a block swallows what the release throws.
//
// The lease ends inside the block; the value is not published, and the caller goes on as if it were.

import { FabricMutexGuard } from '../../../primitives/fabric-sync/fabric-mutex-guard.js'
import { MutexSteps } from '../../../primitives/fabric-sync/mutex-steps.js'

class SwallowingGuard<T> extends FabricMutexGuard<T> {
  override [Symbol.dispose](): void {
    try {
      super[Symbol.dispose]()
    } catch {
      // "A destructor must not throw."
    }
  }
}

export class GuardSwallowsError<T> extends MutexSteps<T> {
  protected override guardOf(fence: number, cell: number, value: T): FabricMutexGuard<T> {
    return new SwallowingGuard(this, fence, cell, value)
  }
}
