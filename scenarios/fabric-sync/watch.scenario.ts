// A sender with four values and two receivers; the sender dies, expires or closes on the way.

import { type PeerHandle, scenario } from 'heddle'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { OPERATION_DONE, OPERATION_REFUSED, type OperationEvent } from '../../invariants/fabric-sync/fabric-events.js'
import { RECEIVED, SENDING } from '../../invariants/fabric-sync/watch-events.js'
import { watchReadsWhatWasSent } from '../../invariants/fabric-sync/watch-reads-what-was-sent.js'
import type { MemLease, WatchReceiver, WatchSender } from '../../primitives/fabric-sync/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { OwnByWord } from '../known-bad/fabric-sync/own-by-word.js'
import { WatchOneCell } from '../known-bad/fabric-sync/watch-one-cell.js'
import { WatchStoreVersion } from '../known-bad/fabric-sync/watch-store-version.js'
import { WatchUntagged } from '../known-bad/fabric-sync/watch-untagged.js'
import { OUTLASTING_MS, wordsOf } from './fabric-world.js'
import { kindOf } from './mutex-user.js'
import { wordsOfValue } from './mutex-world.js'
import { begin, type Calls, insist } from './operate.js'
import { goodWatch, INITIAL_WORDS, sentValue, shownWatch, type WatchSubject, WatchWorld, watchOf } from './watch-world.js'

/** The sender's, then the receivers'. */
const LEASE_MS = [4, OUTLASTING_MS, 8]
const VALUES = 4
const ATTEMPTS_MAX = 6
const POLLS = 2

const SENDER_CALLS: Calls<WatchSender<bigint>> = [
  ['send', (sender) => sender.send(sentValue(VALUES + 1))],
  ['close', (sender) => sender.close()],
]
const RECEIVER_CALLS: Calls<WatchReceiver<bigint>> = [
  ['recv', (receiver) => receiver.recv(POLLS)],
  ['borrow', (receiver) => receiver.borrow()],
  ['changed', (receiver) => receiver.changed()],
  ['isClosed', (receiver) => receiver.isClosed()],
]

function send(world: WatchWorld, me: PeerHandle): void {
  const { sender } = world
  const lease = world.leases[me.id] as MemLease
  let told: OperationEvent | undefined
  try {
    for (let version = 1; version <= VALUES; version++) {
      const value = sentValue(version)
      me.event(SENDING, { version, words: wordsOfValue(value) })
      told = begin(me, lease, 'send')
      sender.send(value)
      me.event(OPERATION_DONE, told)
      me.sometimes('sent all', version === VALUES)
    }
    told = begin(me, lease, 'close')
    sender.close()
    me.event(OPERATION_DONE, told)
    me.sometimes('closed')
  } catch (error) {
    me.event(OPERATION_REFUSED, told)
    const kind = kindOf(error)
    me.sometimes('the sender was too late', kind === 'LeaseExpired')
    me.sometimes('the sender found it closed', kind === 'Disconnected')
    if (kind === 'LeaseExpired') insist(me, lease, SENDER_CALLS, sender)
  }
}

function receive(world: WatchWorld, me: PeerHandle): void {
  const receiver = world.receivers[me.id] as WatchWorld['receivers'][number]
  const lease = world.leases[me.id] as MemLease
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = receiver.lastSeen
    const borrows = me.random(3) === 0
    const told = begin(me, lease, borrows ? 'borrow' : 'recv')
    try {
      const value = borrows ? receiver.borrow() : receiver.recv(POLLS)
      me.event(OPERATION_DONE, told)
      me.event(RECEIVED, { version: receiver.lastSeen, words: wordsOfValue(value) })
      me.sometimes('skipped a value', receiver.lastSeen > before + 1)
    } catch (error) {
      me.event(OPERATION_REFUSED, told)
      const kind = kindOf(error)
      me.sometimes('timed out', kind === 'Timeout')
      me.sometimes('found it closed', kind === 'Disconnected')
      me.sometimes('a receiver was too late', kind === 'LeaseExpired')
      if (kind === 'LeaseExpired') insist(me, lease, RECEIVER_CALLS, receiver)
      if (kind === 'Disconnected' || kind === 'LeaseExpired') return
    }
  }
}

export function watch(subject: WatchSubject) {
  return scenario<WatchWorld>(nameFor('fabric-watch', subject), {
    about: 'a sender sends four values to two receivers, dies, expires or closes on the way',
    peers: { sender: 1, receiver: 2 },
    setup: () => new WatchWorld(subject, { leaseMs: LEASE_MS }),
    peer: { sender: send, receiver: receive },
    faults: { crashes: 1, victims: ['sender'] },
    ...judgedBy(
      subject,
      [watchReadsWhatWasSent(watchOf, INITIAL_WORDS), endedLeaseChangesNothing(wordsOf)],
      [
        'sent all',
        'closed',
        'skipped a value',
        'timed out',
        'found it closed',
        'the sender was too late',
        'the sender found it closed',
        'a receiver was too late',
      ],
    ),
    ...shownWatch,
  })
}

export default [
  watch(goodWatch),
  watch({
    ...goodWatch,
    name: 'own-by-word',
    sessions: OwnByWord,
    knownBad: {
      breaks: ['ended-lease-changes-nothing'],
      because: 'a sender sends, and a receiver reads, after its lease ended',
      within: 1000,
      preemptions: 0,
    },
  }),
  watch({
    ...goodWatch,
    name: 'watch-one-cell',
    cells: 1,
    receiveSteps: WatchOneCell,
    knownBad: {
      breaks: ['watch-reads-what-was-sent'],
      because: 'the reader sees the latest value while the next one is written over it',
      within: 1000,
      hazard: 'fabric-sync H15',
      preemptions: 1,
    },
  }),
  watch({
    ...goodWatch,
    name: 'watch-untagged',
    receiveSteps: WatchUntagged,
    knownBad: {
      breaks: ['watch-reads-what-was-sent'],
      because: 'the reader is overtaken by the sender, which has gone round all cells',
      within: 5000,
      hazard: 'fabric-sync H15',
      preemptions: 1,
    },
  }),
  watch({
    ...goodWatch,
    name: 'watch-store-version',
    sendSteps: WatchStoreVersion,
    knownBad: {
      breaks: ['watch-reads-what-was-sent'],
      because: 'a zombie sender stores its version over the close',
      within: 10_000,
      hazard: 'fabric-sync H16',
      preemptions: 1,
    },
  }),
]
