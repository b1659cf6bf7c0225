// H13: the word says that somebody initialises, and nobody can tell whether that party still lives. When it dies, everybody waits for ever.

import { OnceSteps } from '../../../primitives/fabric-sync/once-steps.js'

export class OnceStuck<T> extends OnceSteps<T> {
  protected override hasEnded(_runner: number): boolean {
    return false
  }
}
