import test from 'ava'
import { type Fs, Rig, survivors, syncDirectory, writeSynced } from './rig.test.support.js'

test('names: fsync of a file does not make its name durable, fsync of its directory does', (t) => {
  t.deepEqual(
    survivors((fs) => writeSynced(fs, '/d/f', 'abc')),
    ['', 'f=abc'],
  )
  const act = (fs: Fs) => {
    writeSynced(fs, '/d/f', 'abc')
    syncDirectory(fs, '/d')
  }
  t.deepEqual(survivors(act), ['f=abc'])
})

test('names: fsync of a directory does not make the contents of its files durable', (t) => {
  const act = (fs: Fs) => {
    fs.writeFileSync('/d/f', 'abc')
    syncDirectory(fs, '/d')
  }
  t.deepEqual(survivors(act), ['f=', 'f=...', 'f=abc'])
})

test('names: each change survives or not, whatever the others do', (t) => {
  const act = (fs: Fs) => {
    writeSynced(fs, '/d/old', 'old')
    syncDirectory(fs, '/d')
    writeSynced(fs, '/d/a', 'a')
    writeSynced(fs, '/d/b', 'b')
    fs.unlinkSync('/d/old')
  }
  t.deepEqual(survivors(act), ['', 'a=a', 'a=a b=b', 'a=a b=b old=old', 'a=a old=old', 'b=b', 'b=b old=old', 'old=old'])
})

test('names: changes of one name survive in their order', (t) => {
  const act = (fs: Fs) => {
    writeSynced(fs, '/d/f', '1')
    fs.unlinkSync('/d/f')
    writeSynced(fs, '/d/f', '2')
  }
  t.deepEqual(survivors(act), ['', 'f=1', 'f=2'])
})

test('names: the rename of a file that is not synced may leave it empty or torn, over the old one too', (t) => {
  const act = (isSynced: boolean) => (fs: Fs) => {
    writeSynced(fs, '/d/f', 'old')
    syncDirectory(fs, '/d')
    if (isSynced) writeSynced(fs, '/d/f.tmp', 'new')
    else fs.writeFileSync('/d/f.tmp', 'new')
    fs.renameSync('/d/f.tmp', '/d/f')
  }
  const careless = survivors(act(false))
  for (const state of ['f=', 'f=...', 'f=new', 'f=old']) t.true(careless.includes(state), state)
  // Never mixed, and one of the two at least.
  t.deepEqual(survivors(act(true)), ['f=new', 'f=old', 'f=old f.tmp=new'])
})

test('names: after fsync of the directory the rename is there', (t) => {
  const act = (fs: Fs) => {
    writeSynced(fs, '/d/f', 'old')
    syncDirectory(fs, '/d')
    writeSynced(fs, '/d/f.tmp', 'new')
    fs.renameSync('/d/f.tmp', '/d/f')
    syncDirectory(fs, '/d')
  }
  t.deepEqual(survivors(act), ['f=new'])
})

test('names: a rename over two directories is made durable by either', (t) => {
  for (const directory of ['/d/from', '/d/to']) {
    const act = (fs: Fs) => {
      fs.mkdirSync('/d/from')
      fs.mkdirSync('/d/to')
      syncDirectory(fs, '/d')
      writeSynced(fs, '/d/from/f', 'abc')
      fs.renameSync('/d/from/f', '/d/to/g')
      syncDirectory(fs, directory)
    }
    t.deepEqual(survivors(act), ['from/ to/ to/g=abc'], directory)
  }
})

test('names: a rename that is synced takes along how the file got to its source', (t) => {
  const act = (fs: Fs) => {
    for (const name of ['a', 'b', 'c']) fs.mkdirSync(`/d/${name}`)
    syncDirectory(fs, '/d')
    writeSynced(fs, '/d/a/f', 'f')
    fs.renameSync('/d/a/f', '/d/b/f')
    fs.renameSync('/d/b/f', '/d/c/f')
    syncDirectory(fs, '/d/c')
  }
  t.deepEqual(survivors(act), ['a/ b/ c/ c/f=f'])
})

test('names: a rename that is synced does not take along later ones', (t) => {
  const act = (fs: Fs) => {
    for (const name of ['a', 'b', 'c']) fs.mkdirSync(`/d/${name}`)
    syncDirectory(fs, '/d')
    writeSynced(fs, '/d/a/f', 'f')
    fs.renameSync('/d/a/f', '/d/b/f')
    fs.renameSync('/d/b/f', '/d/c/f')
    syncDirectory(fs, '/d/a')
  }
  t.deepEqual(survivors(act), ['a/ b/ b/f=f c/', 'a/ b/ c/ c/f=f'])
})

test('names: a synced unlink is for ever, whatever came before it', (t) => {
  const act = (fs: Fs) => {
    writeSynced(fs, '/d/f', 'abc')
    syncDirectory(fs, '/d')
    fs.mkdirSync('/d/sub')
    fs.unlinkSync('/d/f')
    syncDirectory(fs, '/d')
    fs.mkdirSync('/d/sub/x')
  }
  t.deepEqual(survivors(act), ['sub/', 'sub/ sub/x/'])
})

test('names: what is in a directory that is lost is lost', (t) => {
  const act = (fs: Fs) => {
    fs.mkdirSync('/d/sub')
    writeSynced(fs, '/d/sub/f', 'abc')
    syncDirectory(fs, '/d/sub')
  }
  t.deepEqual(survivors(act), ['', 'sub/ sub/f=abc'])
})

test('names: a rename into a directory that is lost has no effect', (t) => {
  for (const isSynced of [false, true]) {
    const act = (fs: Fs) => {
      writeSynced(fs, '/d/f', 'abc')
      syncDirectory(fs, '/d')
      fs.mkdirSync('/d/sub')
      fs.renameSync('/d/f', '/d/sub/f')
      if (isSynced) syncDirectory(fs, '/d/sub')
    }
    const states = ['f=abc', 'sub/ sub/f=abc']
    t.deepEqual(survivors(act), isSynced ? states : [...states, 'f=abc sub/'].sort())
  }
})

test('names: a rename or unlink of what is not there has no effect', (t) => {
  const act = (fs: Fs) => {
    writeSynced(fs, '/d/a', 'a')
    writeSynced(fs, '/d/b', 'b')
    syncDirectory(fs, '/d')
    fs.renameSync('/d/a', '/d/b')
    fs.renameSync('/d/b', '/d/c')
  }
  // The second alone would move `a`, which is not at `b`.
  t.deepEqual(survivors(act), ['a=a b=b', 'b=a', 'c=a'])
})

test('names: nothing goes into a directory that another one has replaced', (t) => {
  const act = (fs: Fs) => {
    fs.mkdirSync('/d/a')
    fs.mkdirSync('/d/b')
    writeSynced(fs, '/d/f', 'f')
    syncDirectory(fs, '/d')
    fs.renameSync('/d/a', '/d/c')
    fs.renameSync('/d/b', '/d/a')
    fs.renameSync('/d/f', '/d/c/f')
  }
  // Without the first rename the second replaces what was to become `c`, and `f` stays.
  const states = ['a/ a/f=f b/', 'a/ b/ f=f', 'a/ c/ c/f=f', 'a/ c/ f=f', 'a/ f=f', 'b/ c/ c/f=f', 'b/ c/ f=f']
  t.deepEqual(survivors(act), states)
})

test('names: directories never contain each other, whichever renames survive', (t) => {
  const act = (fs: Fs) => {
    fs.mkdirSync('/d/a/b', { recursive: true })
    syncDirectory(fs, '/d')
    syncDirectory(fs, '/d/a')
    fs.renameSync('/d/a/b', '/d/b')
    fs.renameSync('/d/a', '/d/b/a')
  }
  t.deepEqual(survivors(act), ['a/ a/b/', 'a/ b/', 'b/ b/a/'])
})

test('names: a directory that is removed is gone with what it held', (t) => {
  const act = (fs: Fs) => {
    fs.mkdirSync('/d/sub')
    writeSynced(fs, '/d/sub/f', 'abc')
    syncDirectory(fs, '/d/sub')
    syncDirectory(fs, '/d')
    fs.rmSync('/d/sub', { recursive: true })
  }
  t.deepEqual(survivors(act), ['', 'sub/', 'sub/ sub/f=abc'])
})

test('names: a file that was open and unlinked is gone after a power failure', (t) => {
  const rig = new Rig()
  rig.run((fs) => {
    fs.mkdirSync('/d')
    const fd = fs.openSync('/d/f', 'w+')
    syncDirectory(fs, '/d')
    syncDirectory(fs, '/')
    fs.unlinkSync('/d/f')
    syncDirectory(fs, '/d')
    fs.writeSync(fd, 'abc')
  })
  t.is(rig.disk.unsynced().length, 0)
  rig.disk.powerFailure()
  t.deepEqual(rig.asked, [])
  t.deepEqual(
    rig.run((fs) => fs.readdirSync('/d')),
    [],
  )
})

test('names: changes that are synced while an earlier one waits happen in their order', (t) => {
  const act = (fs: Fs) => {
    fs.mkdirSync('/d/waiting')
    writeSynced(fs, '/d/waiting/f', 'f')
    fs.mkdirSync('/d/other')
    fs.renameSync('/d/waiting/f', '/d/other/f')
    syncDirectory(fs, '/d/waiting')
    fs.renameSync('/d/other/f', '/d/g')
  }
  // The synced rename happens where both directories are there, the last one after it.
  t.deepEqual(survivors(act), ['', 'g=f other/ waiting/', 'other/', 'other/ other/f=f waiting/', 'waiting/ waiting/f=f'])
})
