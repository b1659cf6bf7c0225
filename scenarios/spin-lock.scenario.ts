// The smallest example: a spin lock, and the same with its compare-and-swap taken apart.

import { scenario } from 'heddle'
import { mutualExclusion } from 'heddle/invariants'

const FREE = 0
const HELD = 1

class SpinLock {
  protected readonly words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory)
  }

  acquire(): void {
    for (;;) {
      const before = Atomics.compareExchange(this.words, 0, FREE, HELD)
      if (before === FREE) return
    }
  }

  release(): void {
    Atomics.store(this.words, 0, FREE)
  }
}

/** Another peer may take the lock between the two lines. */
class LoadThenStoreLock extends SpinLock {
  override acquire(): void {
    for (;;) {
      const state = Atomics.load(this.words, 0)
      if (state !== FREE) continue
      Atomics.store(this.words, 0, HELD)
      return
    }
  }
}

function spinLock(name: string, Lock: typeof SpinLock) {
  return scenario(name, {
    about: 'three peers take a lock in turn',
    peers: 3,
    setup: () => new Lock(new SharedArrayBuffer(4)),
    peer(lock, me) {
      lock.acquire()
      me.enter('critical section')
      me.step('works')
      me.leave('critical section')
      lock.release()
    },
    invariants: [mutualExclusion('critical section')],
    ...(Lock === SpinLock ? {} : { knownBad: { breaks: ['mutual-exclusion'], because: 'load and store are two steps', within: 500, preemptions: 1 } }),
  })
}

export default [spinLock('spin-lock', SpinLock), spinLock('spin-lock / load-then-store', LoadThenStoreLock)]
