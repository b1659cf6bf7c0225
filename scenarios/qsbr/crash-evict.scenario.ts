// Three executors pass, pause, read and retire; one of them dies at any step, and the host evicts it. Then the others keep passing.

import { type PeerHandle, scenario } from 'heddle'
import { everythingIsFreed, graceBeforeFree, noReferenceToTheFreed, pendingWithinRegistered } from '../../invariants/qsbr/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { GuessesPassedManager, GuessesPendingManager } from '../known-bad/qsbr/count-not-set.js'
import { NoEvictionManager } from '../known-bad/qsbr/no-eviction.js'
import { ExecutorUser } from './executor-user.js'
import { describe, evict, locate, type QsbrWorld, qsbrWorld, viewOf } from './qsbr-world.js'
import { good, type Subject } from './subject.js'

const ROUNDS = 2

export function crashEvict(subject: Subject) {
  return scenario<QsbrWorld>(nameFor('qsbr-crash-evict', subject), {
    about: 'passes and pauses; the host evicts the dead one',
    peers: 3,
    setup: () => qsbrWorld(subject, 3),
    peer(world, me) {
      const user = new ExecutorUser(world, me)
      user.register()
      for (let round = 0; round < ROUNDS; round++) {
        act(user, me)
        user.pass()
      }
      act(user, me)
      user.keepPassing()
    },
    recover(world, dead, me) {
      const before = world.memory.epoch
      evict(world, dead, me)
      me.sometimes('eviction ended the epoch', world.memory.epoch !== before)
      world.meetings.letOff(dead.id)
    },
    faults: { crashes: 1 },
    ...judgedBy<QsbrWorld>(
      subject,
      [graceBeforeFree(), noReferenceToTheFreed(), pendingWithinRegistered(viewOf), everythingIsFreed()],
      ['died pending', 'died after it had passed', 'died unregistered', 'eviction ended the epoch'],
    ),
    describe,
    locate,
  })
}

function act(user: ExecutorUser, me: PeerHandle): void {
  switch (me.random(4)) {
    case 0:
      user.pause()
      me.step('stays away')
      user.resume()
      return
    case 1:
      user.read()
      return
    default:
      user.replace()
  }
}

export default [
  crashEvict(good),
  crashEvict({
    name: 'no-eviction',
    manager: NoEvictionManager,
    knownBad: { breaks: ['everything-is-freed'], because: 'an executor that died is waited for, for ever', hazard: 'qsbr H8', preemptions: 0, within: 1000 },
  }),
  crashEvict({
    name: 'count-not-set, taken for pending',
    manager: GuessesPendingManager,
    knownBad: {
      breaks: ['grace-before-free'],
      because: 'the dead one had passed and is counted out again, so the epoch moves without the pass of another',
      hazard: 'qsbr H9',
      preemptions: 0,
    },
    without: ['pending-within-registered', 'everything-is-freed'],
  }),
  crashEvict({
    name: 'count-not-set, taken for passed',
    manager: GuessesPassedManager,
    knownBad: {
      breaks: ['everything-is-freed'],
      because: 'the dead one had not passed and stays counted, so no epoch ends any more',
      hazard: 'qsbr H9',
      preemptions: 0,
    },
    without: ['pending-within-registered', 'grace-before-free', 'no-reference-to-the-freed'],
  }),
]
