// Three executors leave with full bags, in any order; one waits for the thread of another to end before it leaves.

import { type PeerHandle, scenario } from 'heddle'
import { deregisterIsBounded, entriesRunOnce, graceBeforeFree, nothingLeftBehind } from '../../invariants/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { DeregisterFreesAtOnceManager } from '../known-bad/qsbr/deregister-frees-at-once.js'
import { DeregisterUnboundedManager } from '../known-bad/qsbr/deregister-unbounded.js'
import { DEPARTURE, ExecutorUser } from './executor-user.js'
import { describe, locate, type QsbrWorld, qsbrWorld, viewOf } from './qsbr-world.js'
import { good, type Subject } from './subject.js'

interface World extends QsbrWorld {
  /** 1 once the peer that is joined has come back from its first `deregister`. */
  readonly joined: Int32Array
}

/** How long the peer that is joined waits for the others, in ms. */
const WAIT_MS = 3

export function leave(subject: Subject) {
  return scenario<World>(nameFor('qsbr-leave', subject), {
    about: 'leave in any order with full bags; one joins another',
    peers: { joiner: 1, joined: 1, third: 1 },
    setup: () => ({ ...qsbrWorld(subject, 3), joined: new Int32Array(new SharedArrayBuffer(4)) }),
    peer: {
      joiner(world, me) {
        const user = startedUser(world, me)
        // Registered, and without passing: the other one waits for this peer, and this peer for the other one.
        for (;;) {
          const done = Atomics.load(world.joined, 0)
          if (done === 1) break
          Atomics.wait(world.joined, 0, 0)
        }
        user.leave()
      },
      joined(world, me) {
        const user = startedUser(world, me)
        const left = user.tryLeave(WAIT_MS)
        me.sometimes('timed out while it was joined', !left)
        me.sometimes('freed all before it was joined', left)
        Atomics.store(world.joined, 0, 1)
        Atomics.notify(world.joined, 0)
        if (left) world.meetings.come(DEPARTURE, me.id)
        else user.leave()
      },
      third(world, me) {
        const user = startedUser(world, me)
        me.sometimes('left while others were registered', world.memory.registered !== 1 << me.id)
        user.leave()
      },
    },
    ...judgedBy<World>(
      subject,
      [graceBeforeFree(), entriesRunOnce(viewOf), nothingLeftBehind(viewOf), deregisterIsBounded(elapsedMs)],
      ['timed out while it was joined', 'freed all before it was joined', 'left while others were registered'],
    ),
    describe,
    locate,
  })
}

/** Registers, holds one object and retires another, with a pass between. */
function startedUser(world: QsbrWorld, me: PeerHandle): ExecutorUser {
  const user = new ExecutorUser(world, me)
  user.register()
  user.replace(0)
  user.pass()
  user.replace(1)
  user.read(0)
  return user
}

function elapsedMs(): number {
  return performance.now()
}

export default [
  leave(good),
  leave({
    name: 'deregister-frees-at-once',
    manager: DeregisterFreesAtOnceManager,
    knownBad: { breaks: ['grace-before-free'], because: 'who leaves frees what others hold', hazard: 'qsbr H12', preemptions: 1, within: 1000 },
  }),
  leave({
    name: 'deregister-unbounded',
    manager: DeregisterUnboundedManager,
    knownBad: {
      breaks: ['deregister-is-bounded'],
      because: 'one waits for the thread of another to end, which waits for the one to pass',
      hazard: 'qsbr H14',
      preemptions: 0,
      within: 1000,
    },
  }),
]
