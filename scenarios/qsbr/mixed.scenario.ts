// Four executors, twelve operations each, everything at random; two of them may die, and the host evicts them. The one scenario with a shortest time
// between passes.

import { type PeerHandle, scenario } from 'heddle'
import {
  deregisterIsBounded,
  entriesRunOnce,
  epochMovesByOne,
  everythingIsFreed,
  graceBeforeFree,
  localEpochKeepsUp,
  noReferenceToTheFreed,
  nothingLeftBehind,
  passesOnceAnEpoch,
  pendingWithinRegistered,
  refusalLeavesNoTrace,
  twoClosedBags,
} from '../../invariants/qsbr/public.js'
import type { SharedManager } from '../../primitives/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { DEPARTURE, ExecutorUser } from './executor-user.js'
import { describe, evict, locate, type QsbrWorld, qsbrWorld, viewOf } from './qsbr-world.js'
import { good, type Subject } from './subject.js'

const PEERS = 4
const OPERATIONS = 12
const EPOCH_MS_MIN = 10

export function mixed(subject: Subject) {
  return scenario<QsbrWorld>(nameFor('qsbr-mixed', subject), {
    about: 'everything at random, with a shortest time between passes',
    peers: PEERS,
    setup: () => qsbrWorld(subject, PEERS, 2, { epochMsMin: EPOCH_MS_MIN, executorCapacity: PEERS }),
    peer(world, me) {
      const user = new ExecutorUser(world, me)
      user.register()
      for (let operation = 0; operation < OPERATIONS; operation++) act(user, me)
      if (user.local.inspect().phase === 'gone') world.meetings.come(DEPARTURE, me.id)
      else user.leave()
    },
    recover(world, dead, me) {
      const grace = evict(world, dead, me)
      const host = world.managers.at(-1) as SharedManager
      const over = grace === undefined || host.isGraceOver(grace)
      me.sometimes('the grace was not over at the eviction', !over)
      world.meetings.letOff(dead.id)
    },
    faults: { crashes: 2 },
    ...judgedBy<QsbrWorld>(
      subject,
      [
        graceBeforeFree(),
        noReferenceToTheFreed(),
        pendingWithinRegistered(viewOf),
        passesOnceAnEpoch(viewOf),
        epochMovesByOne(viewOf),
        localEpochKeepsUp(viewOf),
        entriesRunOnce(viewOf),
        everythingIsFreed(),
        nothingLeftBehind(viewOf),
        refusalLeavesNoTrace(viewOf),
        twoClosedBags(viewOf),
        deregisterIsBounded(() => performance.now()),
      ],
      [
        'too early to pass',
        'freed by a pass',
        'freed by a resume',
        'an entry threw',
        'left and registered again',
        'died pending',
        'the grace was not over at the eviction',
      ],
    ),
    describe,
    locate,
  })
}

function act(user: ExecutorUser, me: PeerHandle): void {
  switch (user.local.inspect().phase) {
    case 'registered':
      actRegistered(user, me)
      return
    case 'paused':
      actPaused(user, me)
      return
    case 'gone':
      user.register()
      me.sometimes('left and registered again')
      return
    default:
      if (me.random(2) === 0) user.tryLeave(me.random(3))
      else me.step('stays away')
  }
}

function actRegistered(user: ExecutorUser, me: PeerHandle): void {
  const link = me.random(2)
  switch (me.random(10)) {
    case 0:
    case 1:
      user.read(link)
      return
    case 2:
      user.replace(link)
      return
    case 3:
      user.scheduleDrop(() => {
        user.scheduleDrop(() => {})
        throw new Error('on purpose')
      })
      return
    case 4:
      user.pause()
      return
    case 5:
      user.tryLeave(me.random(3))
      return
    case 6:
      me.sleep(EPOCH_MS_MIN)
      return
    case 7:
      user.mustThrow('a resume of who is not paused', user.local, 'resumeAfterTemporaryDeregister')
      return
    default: {
      const now = performance.now()
      const { localEpoch, passed } = user.local.inspect()
      const freed = user.pass(now)
      const after = user.local.inspect()
      me.sometimes('freed by a pass', freed > 0)
      me.sometimes('too early to pass', !passed && !after.passed && after.localEpoch === localEpoch)
    }
  }
}

function actPaused(user: ExecutorUser, me: PeerHandle): void {
  switch (me.random(4)) {
    case 0: {
      const freed = user.resume()
      me.sometimes('freed by a resume', freed > 0)
      return
    }
    case 1:
      user.mustThrow('a pass of who is paused', user.local, 'maybePassEpoch', 0)
      return
    case 2:
      user.tryLeave(me.random(3))
      return
    default:
      me.step('stays away')
  }
}

export default [mixed(good)]
