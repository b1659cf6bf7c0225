import test from 'ava'
import { type Fs, survivors, syncDirectory, writeSynced } from './rig.test.support.js'

const SECTOR = 512

/** A file `/d/f` of which name and contents are durable. */
function durable(fs: Fs, contents: string): number {
  writeSynced(fs, '/d/f', contents)
  syncDirectory(fs, '/d')
  return fs.openSync('/d/f', 'r+')
}

test('contents: what is synced is all that survives where nothing else was written', (t) => {
  t.deepEqual(
    survivors((fs) => durable(fs, 'abc')),
    ['f=abc'],
  )
  t.deepEqual(
    survivors((fs) => {
      const fd = durable(fs, 'abc')
      fs.writeSync(fd, 'xyz', 0)
      fs.fdatasyncSync(fd)
    }),
    ['f=xyz'],
  )
})

test('contents: each sector survives or not, whatever the others do', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'a'.repeat(SECTOR) + 'b'.repeat(SECTOR))
    fs.writeSync(fd, 'A'.repeat(SECTOR) + 'B'.repeat(SECTOR), 0)
  }
  t.deepEqual(survivors(act), ['f=A*512B*512', 'f=A*512b*512', 'f=a*512B*512', 'f=a*512b*512'])
})

test('contents: a write within a sector survives whole', (t) => {
  const act = (fs: Fs) => fs.writeSync(durable(fs, 'abcdef'), 'XYZ', 1)
  t.deepEqual(survivors(act), ['f=aXYZef', 'f=abcdef'])
})

test('contents: any version of a sector since the last sync may survive', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'a')
    for (const text of ['b', 'c', 'd']) fs.writeSync(fd, text, 0)
  }
  t.deepEqual(survivors(act), ['f=a', 'f=b', 'f=c', 'f=d'])
})

test('contents: versions from before the last sync are gone', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'a')
    fs.writeSync(fd, 'b', 0)
    fs.fsyncSync(fd)
    fs.writeSync(fd, 'c', 0)
  }
  t.deepEqual(survivors(act), ['f=b', 'f=c'])
})

test('contents: a write of what is there already is nothing to lose', (t) => {
  t.deepEqual(
    survivors((fs, rig) => {
      fs.writeSync(durable(fs, 'abc'), 'abc', 0)
      t.is(rig.disk.unsynced().length, 0)
    }),
    ['f=abc'],
  )
})

test('contents: sizes survive in their order, and without their data', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'ab')
    fs.writeSync(fd, 'cd', 2)
    fs.writeSync(fd, 'ef', 4)
  }
  t.deepEqual(survivors(act), ['f=ab', 'f=ab..', 'f=ab....', 'f=abcd', 'f=abcd..', 'f=abcdef'].sort())
})

test('contents: a truncation that is not synced may be undone', (t) => {
  const act = (fs: Fs) => fs.ftruncateSync(durable(fs, 'abcdef'), 2)
  t.deepEqual(survivors(act), ['f=ab', 'f=abcdef'])
})

test('contents: what a truncation cut off does not come back with a later size', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'abcdef')
    fs.ftruncateSync(fd, 2)
    fs.ftruncateSync(fd, 5)
  }
  t.deepEqual(survivors(act), ['f=ab', 'f=ab...', 'f=abcdef'])
})

test('contents: a truncation that survives cuts older versions, one that is lost does not', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'abcdef')
    fs.writeSync(fd, 'XYZ', 3)
    fs.ftruncateSync(fd, 4)
    fs.ftruncateSync(fd, 6)
  }
  t.deepEqual(survivors(act), ['f=abcd', 'f=abcX', 'f=abcd..', 'f=abcX..', 'f=abcdef', 'f=abcXYZ'].sort())
})

test('contents: a truncation does not cut what was written after it', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'abcdef')
    fs.ftruncateSync(fd, 0)
    fs.writeSync(fd, 'Z', 0)
  }
  t.deepEqual(survivors(act), ['f=', 'f=.', 'f=Z', 'f=Z.....', 'f=abcdef'].sort())
})

test('contents: the same bytes before and after a truncation are two versions', (t) => {
  const act = (fs: Fs) => {
    const fd = durable(fs, 'ab')
    fs.writeSync(fd, 'x', 1)
    fs.ftruncateSync(fd, 1)
    fs.writeSync(fd, 'x', 1)
  }
  t.deepEqual(survivors(act), ['f=a', 'f=a.', 'f=ab', 'f=ax'])
})

test('contents: a write past the end leaves zeros that are no data', (t) => {
  const act = (fs: Fs) => fs.writeSync(durable(fs, 'a'), 'b', 2 * SECTOR)
  t.deepEqual(survivors(act), ['f=a', 'f=a.*1023b', 'f=a.*1024'])
})

test('contents: with O_SYNC every write is durable when it returns', (t) => {
  for (const flags of ['rs+', 'as'] as const) {
    const act = (fs: Fs) => {
      fs.closeSync(durable(fs, 'abc'))
      fs.writeSync(fs.openSync('/d/f', flags), 'def', 3)
    }
    t.deepEqual(survivors(act), ['f=abcdef'], flags)
  }
})

test('contents: opening with O_TRUNC is a truncation like others', (t) => {
  const act = (fs: Fs) => {
    fs.closeSync(durable(fs, 'abc'))
    fs.writeFileSync('/d/f', 'x')
  }
  t.deepEqual(survivors(act), ['f=', 'f=.', 'f=abc', 'f=x', 'f=x..'].sort())
})
