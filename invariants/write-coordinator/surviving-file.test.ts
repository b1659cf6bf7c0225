import test from 'ava'
import { type DiskFile, SurvivingFile } from './surviving-file.js'

const filled = (length: number, value: number) => new Uint8Array(length).fill(value)

function file(fields: Partial<DiskFile>, isNamed = true): SurvivingFile {
  const durable = fields.durable ?? filled(1024, 1)
  return new SurvivingFile({ current: durable, durable, sectors: new Map(), sizes: [durable.length], ...fields }, isNamed)
}

test('surviving file: what is synced is certain', (t) => {
  t.deepEqual(file({}).certain(500, 30), filled(30, 1))
  t.is(file({}).certain(1000, 30), undefined)
  t.deepEqual(file({}).possible(512, 64), [filled(64, 1)])
  t.deepEqual(file({}).possible(1000, 64), [])
})

test('surviving file: a range is certain if all versions of its sectors agree there', (t) => {
  const changed = filled(512, 1)
  changed.fill(2, 100)
  const one = file({ sectors: new Map([[1, [filled(512, 1), changed]]]) })
  t.deepEqual(one.certain(512, 100), filled(100, 1))
  t.is(one.certain(512, 101), undefined)
  t.deepEqual(one.certain(0, 612), filled(612, 1))
  t.deepEqual(one.possible(512 + 128, 64), [filled(64, 1), filled(64, 2)])
})

test('surviving file: nothing is certain behind the least size, and nothing is possible behind the greatest', (t) => {
  const one = file({ sizes: [1024, 600, 2048] })
  t.deepEqual(one.certain(536, 64), filled(64, 1))
  t.is(one.certain(537, 64), undefined)
  t.is(one.possible(1536, 64).length, 1)
  t.is(one.possible(2048 - 63, 64).length, 0)
})

test('surviving file: nothing is certain in a file whose name may be lost', (t) => {
  t.is(file({}, false).certain(0, 1), undefined)
  t.is(new SurvivingFile(undefined, false).certain(0, 1), undefined)
  t.is(new SurvivingFile(undefined, false).possible(0, 1).length, 0)
})
