import test from 'ava'
import { deliveredIsDurable } from './delivered-is-durable.js'
import { CommitStory, committed, type Machine, viewOf } from './write-coordinator.test.kit.js'

function begin() {
  const story = new CommitStory(deliveredIsDurable<Machine>(viewOf))
  return { story, machine: story.machine, submission: story.machine.submission(5) }
}

const TOLD = 'transaction 5 was told that it is committed as number 1, but'

test('delivered-is-durable: a result after both syncs', (t) => {
  const { story, submission } = begin()
  story.submit(0, submission, 1).do((machine) => machine.commit(submission))
  t.is(story.flush(1, committed(1, 5)).step().message, undefined)
  t.is(story.powerFailure().do((machine) => machine.recovered(5)).message, undefined)
})

test('delivered-is-durable: nothing is said of what was not delivered', (t) => {
  const { story, submission } = begin()
  t.is(story.submit(0, submission, 1).do((machine) => machine.proof(1, submission).marker()).message, undefined)
})

test('delivered-is-durable: a result before the marker is durable is found', (t) => {
  const { story, submission } = begin()
  story.submit(0, submission, 1).do((machine) => machine.proof(1, submission).sync('capsules', 'proofs').marker())
  t.is(story.flush(1, committed(1, 5)).message, `${TOLD} its marker is not durable`)
})

test('delivered-is-durable: a sync that said too much is found', (t) => {
  const { story, machine, submission } = begin()
  story.submit(0, submission, 1).do(() => machine.proof(1, submission).sync('capsules', 'proofs').marker())
  machine.file('markers').loseUnsynced()
  machine.disk.version++
  t.is(story.flush(1, committed(1, 5)).message, `${TOLD} its marker is not durable`)
})

test('delivered-is-durable: a proof or a capsule that is not durable is found', (t) => {
  const proofs = begin()
  proofs.story.submit(0, proofs.submission, 1).do((machine) => machine.sync('capsules').proof(1, proofs.submission).marker().sync('markers'))
  t.is(proofs.story.flush(1, committed(1, 5)).message, `${TOLD} its proof at 64 is not durable`)
  const capsules = begin()
  capsules.story.submit(0, capsules.submission, 1).do((machine) => machine.proof(1, capsules.submission).sync('proofs').marker().sync('markers'))
  t.is(capsules.story.flush(1, committed(1, 5)).message, `${TOLD} its capsule at 64 is not durable`)
})

test('delivered-is-durable: a proof of something else is found', (t) => {
  const { story, submission } = begin()
  story.submit(0, submission, 1).do((machine) => machine.commit({ ...submission, writePages: [2] }))
  t.is(story.flush(1, committed(1, 5)).message, `${TOLD} its proof has writePages 2, not 1`)
  const other = begin()
  other.story.submit(0, other.submission, 1).do((machine) => machine.commit({ ...other.submission, capsule: machine.capsule('another') }))
  t.is(other.story.flush(1, committed(1, 5)).message, `${TOLD} its proof has the capsule at 88, not at 64`)
})

test('delivered-is-durable: it holds from then on, also of what a recovery counts', (t) => {
  const { story, submission } = begin()
  story.submit(0, submission, 1).do((machine) => machine.commit(submission))
  story.powerFailure().do((machine) => machine.recovered(5))
  t.is(story.do((machine) => machine.truncate('proofs', 64)).message, `${TOLD} its proof at 64 is not durable`)
})

test('delivered-is-durable: a file whose name may be lost is not durable', (t) => {
  const { story, submission } = begin()
  story.machine.disk.unnamed.add('/data/markers')
  story.submit(0, submission, 1).do((machine) => machine.commit(submission))
  t.is(story.flush(1, committed(1, 5)).message, `${TOLD} its marker is not durable`)
})
