// A sender with four values and two receivers; the sender dies, expires or closes on the way.

import { type PeerHandle, scenario } from 'heddle'
import { RECEIVED, SENDING } from '../../invariants/fabric-sync/watch-events.js'
import { watchReadsWhatWasSent } from '../../invariants/fabric-sync/watch-reads-what-was-sent.js'
import { judgedBy, nameFor } from '../judged.js'
import { WatchOneCell } from '../known-bad/fabric-sync/watch-one-cell.js'
import { WatchStoreVersion } from '../known-bad/fabric-sync/watch-store-version.js'
import { WatchUntagged } from '../known-bad/fabric-sync/watch-untagged.js'
import { OUTLASTING_MS } from './fabric-world.js'
import { kindOf } from './mutex-user.js'
import { wordsOfValue } from './mutex-world.js'
import { goodWatch, INITIAL_WORDS, sentValue, shownWatch, type WatchSubject, WatchWorld, watchOf } from './watch-world.js'

/** The sender's, then the receivers'. */
const LEASE_MS = [4, OUTLASTING_MS, OUTLASTING_MS]
const VALUES = 4
const ATTEMPTS_MAX = 6
const POLLS = 2

function send(world: WatchWorld, me: PeerHandle): void {
  const { sender } = world
  try {
    for (let version = 1; version <= VALUES; version++) {
      const value = sentValue(version)
      me.event(SENDING, { version, words: wordsOfValue(value) })
      sender.send(value)
      me.sometimes('sent all', version === VALUES)
    }
    sender.close()
    me.sometimes('closed')
  } catch (error) {
    const kind = kindOf(error)
    me.sometimes('the sender was too late', kind === 'LeaseExpired')
    me.sometimes('the sender found it closed', kind === 'Disconnected')
  }
}

function receive(world: WatchWorld, me: PeerHandle): void {
  const receiver = world.receivers[me.id] as WatchWorld['receivers'][number]
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    try {
      const before = receiver.lastSeen
      const borrows = me.random(3) === 0
      const value = borrows ? receiver.borrow() : receiver.recv(POLLS)
      me.event(RECEIVED, { version: receiver.lastSeen, words: wordsOfValue(value) })
      me.sometimes('skipped a value', receiver.lastSeen > before + 1)
    } catch (error) {
      const kind = kindOf(error)
      me.sometimes('timed out', kind === 'Timeout')
      me.sometimes('found it closed', kind === 'Disconnected')
      if (kind === 'Disconnected') return
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
      [watchReadsWhatWasSent(watchOf, INITIAL_WORDS)],
      ['sent all', 'closed', 'skipped a value', 'timed out', 'found it closed', 'the sender was too late', 'the sender found it closed'],
    ),
    ...shownWatch,
  })
}

export default [
  watch(goodWatch),
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
