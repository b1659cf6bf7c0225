import test from 'ava'
import { commitLogOf } from './commit-log.js'
import { chainOf, decodeMarker, decodeMarkersHeader, decodeProof, isCapsule, type Marker } from './log-records.js'
import { Machine } from './write-coordinator.test.kit.js'

function written() {
  const machine = new Machine()
  const submission = machine.submission(5, { beginSeq: 3, writePages: [1, 4_294_967_295], readPages: [7], inEdges: [9], outEdges: [2 ** 53 - 1, 8] })
  machine.commit(submission)
  const log = commitLogOf(machine)
  return { machine, submission, log, marker: log.certain.markers[0] as Marker }
}

test('log records: what was written is decoded', (t) => {
  const { submission, log, marker } = written()
  const { chain, proofCrc, ...fields } = marker
  t.deepEqual(fields, {
    commitSeq: 1,
    epoch: 1,
    commitTimeUnixNs: 100n,
    firstOfGroup: true,
    lastOfGroup: true,
    proofOffset: 64,
    proofLength: 104,
  })
  t.is(typeof chain, 'bigint')
  t.is(typeof proofCrc, 'number')
  const { submitterId: _, ...proof } = submission
  t.deepEqual(log.proofOf(marker), { commitSeq: 1, ...proof })
  t.is(log.lacks(marker), undefined)
})

test('log records: a changed bit is seen in every record', (t) => {
  const { machine, submission } = written()
  const records = [
    { bytes: machine.file('markers').current.slice(0, 64), decode: decodeMarkersHeader },
    { bytes: machine.file('markers').current.slice(64, 128), decode: decodeMarker },
    { bytes: machine.file('proofs').current.slice(64), decode: decodeProof },
  ]
  for (const { bytes, decode } of records) {
    t.not(decode(bytes), undefined)
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] as number) ^ 4
      t.is(decode(damaged), undefined, `byte ${at}`)
    }
    t.is(decode(bytes.slice(0, -8)), undefined)
  }
  const capsule = machine.file('capsules').current.slice(64, 64 + 16 + submission.capsule.length)
  t.true(isCapsule(capsule, submission.capsule))
  capsule[17] = (capsule[17] as number) ^ 4
  t.false(isCapsule(capsule, submission.capsule))
})

test('log records: the chain depends on what stood before', (t) => {
  const bytes = written().machine.file('markers').current.slice(64, 128)
  t.is(chainOf(1n, bytes), chainOf(1n, bytes))
  t.not(chainOf(1n, bytes), chainOf(2n, bytes))
})
