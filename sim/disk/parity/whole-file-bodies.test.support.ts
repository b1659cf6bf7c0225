// Bodies on whole files.

import { pathToFileURL } from 'node:url'
import type { Body } from './attempt.test.support.js'

const LONG = 'abcdefghij'.repeat(5000)

export const wholeFileBodies: Record<string, Body> = {
  'writeFile and readFile': (fs, d, a) => {
    a('write', () => fs.writeFileSync(`${d}/f`, 'abc'))
    a('text', () => fs.readFileSync(`${d}/f`, 'utf8'))
    a('bytes', () => fs.readFileSync(`${d}/f`))
    a('shorter', () => fs.writeFileSync(`${d}/f`, 'x'))
    a('read', () => fs.readFileSync(`${d}/f`, { encoding: 'utf-8' }))
    a('empty', () => fs.writeFileSync(`${d}/f`, ''))
    a('read empty', () => [fs.readFileSync(`${d}/f`), fs.readFileSync(`${d}/f`, 'utf8')])
  },
  'long files': (fs, d, a) => {
    a('text', () => fs.writeFileSync(`${d}/f`, LONG))
    a('bytes', () => fs.writeFileSync(`${d}/g`, Buffer.from(LONG)))
    a('read text', () => fs.readFileSync(`${d}/f`, 'utf8') === LONG)
    a('read bytes', () => fs.readFileSync(`${d}/g`).toString() === LONG)
    a('append', () => fs.appendFileSync(`${d}/f`, LONG))
    a('sizes', () => [fs.statSync(`${d}/f`).size, fs.statSync(`${d}/g`).size])
    fs.truncateSync(`${d}/f`, 3)
    fs.truncateSync(`${d}/g`, 8193)
    a('read again', () => fs.readFileSync(`${d}/g`, 'utf8').length)
    fs.unlinkSync(`${d}/g`)
  },
  'readFile in encodings': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, Buffer.from([0x61, 0xc3, 0xbc, 0xff, 0x00, 0x62]))
    for (const encoding of ['utf8', 'UTF8', 'utf-8', 'latin1', 'hex', 'base64', 'utf16le', 'ascii', 'buffer', '', null, undefined])
      a(String(encoding), () => fs.readFileSync(`${d}/f`, encoding as 'utf8'))
    for (const encoding of ['utf8', 'hex', 'buffer', null]) a(`option ${encoding}`, () => fs.readFileSync(`${d}/f`, { encoding: encoding as 'utf8' }))
    for (const wrong of ['zz', 5, true, { encoding: 'zz' }, { flag: 'zz' }, { flag: 1.5 }, { encoding: 'utf8', flag: 'zz' }])
      a(JSON.stringify(wrong), () => fs.readFileSync(`${d}/f`, wrong as 'utf8'))
  },
  'readFile of other things': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'f')
    for (const path of ['', 'n', 'f/x', 'n/x', 'f/', '.']) {
      a(`bytes ${path}`, () => fs.readFileSync(`${d}/${path}`))
      a(`text ${path}`, () => fs.readFileSync(`${d}/${path}`, 'utf8'))
    }
    for (const wrong of [1.5, -5, null, undefined, {}, 'a\0b', '']) {
      a('bytes', () => fs.readFileSync(wrong as string))
      a('text', () => fs.readFileSync(wrong as string, 'utf8'))
    }
    a('URL', () => fs.readFileSync(pathToFileURL(`${d}/f`), 'utf8'))
    a('buffer', () => fs.readFileSync(Buffer.from(`${d}/f`)))
  },
  'readFile with flags': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abc')
    for (const flag of ['r', 'r+', 'a', 'a+', 'wx', 'w+']) {
      a(`bytes ${flag}`, () => fs.readFileSync(`${d}/f`, { flag }))
      a(`text ${flag}`, () => fs.readFileSync(`${d}/f`, { flag, encoding: 'utf8' }))
      a(`new ${flag}`, () => fs.readFileSync(`${d}/new ${flag}`, { flag }))
    }
  },
  'readFile of a descriptor': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abcdefghij')
    const fd = fs.openSync(`${d}/f`, 'r+')
    a('all', () => fs.readFileSync(fd))
    a('the rest', () => fs.readFileSync(fd, 'utf8'))
    fs.writeSync(fd, 'XYZ')
    a('after a write', () => fs.readFileSync(fd))
    a('text from the middle', () => [fs.readSync(fd, Buffer.alloc(0)), fs.readFileSync(fd, 'utf8')])
    fs.closeSync(fd)
    const writing = fs.openSync(`${d}/g`, 'w')
    a('not readable', () => fs.readFileSync(writing))
    a('text not readable', () => fs.readFileSync(writing, 'utf8'))
    fs.closeSync(writing)
  },
  'writeFile with flags': (fs, d, a) => {
    for (const flag of ['w', 'a', 'wx', 'r+', 'w+', 'ax', 'r', '', null, undefined, fs.constants.O_WRONLY]) {
      fs.writeFileSync(`${d}/f`, 'old contents')
      a(`text ${flag}`, () => fs.writeFileSync(`${d}/f`, 'new', { flag: flag as string }))
      a(`bytes ${flag}`, () => fs.writeFileSync(`${d}/f`, Buffer.from('NEW'), { flag: flag as string }))
      a('contents', () => fs.readFileSync(`${d}/f`, 'utf8'))
      a(`new ${flag}`, () => fs.writeFileSync(`${d}/new`, 'x', { flag: flag as string }))
      fs.rmSync(`${d}/new`, { force: true })
    }
  },
  'writeFile in encodings': (fs, d, a) => {
    for (const encoding of ['utf8', 'latin1', 'hex', 'base64', 'utf16le', 'buffer', '', null, undefined]) {
      a(String(encoding), () => fs.writeFileSync(`${d}/f`, 'abcdüf', encoding as 'utf8'))
      a('contents', () => fs.readFileSync(`${d}/f`))
    }
    for (const wrong of ['zz', 5, true, { encoding: 'zz' }, { flag: 'zz' }, { mode: 'zz' }, { mode: -1 }, { flush: 1 }, { flush: null }])
      a(JSON.stringify(wrong), () => fs.writeFileSync(`${d}/g`, 'x', wrong as 'utf8'))
  },
  'writeFile of kinds of data': (fs, d, a) => {
    const memory = new Uint8Array([97, 98, 99, 100, 101, 102]).buffer
    for (const data of [Buffer.from('ab'), new Uint16Array(memory, 2, 1), new DataView(memory, 1, 3), new Float64Array(0)])
      a(data.constructor.name, () => fs.appendFileSync(`${d}/f`, data as Buffer))
    for (const wrong of [5, null, undefined, {}, true, memory, ['a'], { toString: () => 'x' }]) {
      a('write', () => fs.writeFileSync(`${d}/g`, wrong as string))
      a('append', () => fs.appendFileSync(`${d}/g`, wrong as string))
    }
  },
  'writeFile to other things': (fs, d, a) => {
    for (const path of ['', 'n/x', 'x/', '.']) {
      a(`bytes ${path}`, () => fs.writeFileSync(`${d}/${path}`, Buffer.from('x')))
      a(`text ${path}`, () => fs.writeFileSync(`${d}/${path}`, 'x'))
      a(`append ${path}`, () => fs.appendFileSync(`${d}/${path}`, 'x'))
    }
    for (const wrong of [1.5, null, undefined, {}, 'a\0b', '']) {
      a('bytes', () => fs.writeFileSync(wrong as string, Buffer.from('x')))
      a('text', () => fs.writeFileSync(wrong as string, 'x'))
    }
    a('URL', () => fs.writeFileSync(pathToFileURL(`${d}/u`), 'x'))
    a('buffer', () => fs.writeFileSync(Buffer.from(`${d}/b`), 'x'))
  },
  'writeFile with modes and flush': (fs, d, a) => {
    a('number', () => fs.writeFileSync(`${d}/f`, 'f', { mode: 0o600 }))
    a('text', () => fs.writeFileSync(`${d}/g`, Buffer.from('g'), { mode: '640' as unknown as number }))
    a('flush', () => fs.writeFileSync(`${d}/h`, Buffer.from('h'), { flush: true } as object))
    a('flush of text', () => fs.writeFileSync(`${d}/i`, 'i', { flush: true } as object))
    a('append', () => fs.appendFileSync(`${d}/h`, 'h', { mode: 0o600, flush: true } as object))
  },
  'writeFile to a descriptor': (fs, d, a) => {
    const fd = fs.openSync(`${d}/f`, 'w+')
    a('first', () => fs.writeFileSync(fd, 'abc'))
    a('second', () => fs.writeFileSync(fd, Buffer.from('def')))
    a('append', () => fs.appendFileSync(fd, 'ghi'))
    a('with flag', () => fs.writeFileSync(fd, 'jkl', { flag: 'r' }))
    a('truncate', () => fs.ftruncateSync(fd, 4))
    a('past the end', () => fs.writeFileSync(fd, 'mno'))
    fs.closeSync(fd)
    const reading = fs.openSync(`${d}/f`, 'r')
    a('not writable', () => fs.writeFileSync(reading, 'x'))
    a('bytes not writable', () => fs.writeFileSync(reading, Buffer.from('x')))
    fs.closeSync(reading)
  },
  appendFile: (fs, d, a) => {
    a('new', () => fs.appendFileSync(`${d}/f`, 'abc'))
    a('more', () => fs.appendFileSync(`${d}/f`, 'def'))
    a('bytes', () => fs.appendFileSync(`${d}/f`, Buffer.from('ghi')))
    a('encoding', () => fs.appendFileSync(`${d}/f`, '6a6b', 'hex'))
    a('flag', () => fs.appendFileSync(`${d}/f`, 'w', { flag: 'w' }))
    a('mode', () => fs.appendFileSync(`${d}/g`, 'g', { mode: 0o600 }))
    a('exclusive', () => fs.appendFileSync(`${d}/f`, 'x', { flag: 'ax' }))
    for (const wrong of ['zz', 5, { encoding: 'zz' }, { flag: 'zz' }]) a(JSON.stringify(wrong), () => fs.appendFileSync(`${d}/f`, 'x', wrong as 'utf8'))
  },
  copyFile: (fs, d, a) => {
    const { COPYFILE_EXCL, COPYFILE_FICLONE } = fs.constants
    fs.writeFileSync(`${d}/f`, LONG.slice(0, 3000), { mode: 0o640 })
    fs.writeFileSync(`${d}/g`, 'old')
    fs.writeFileSync(`${d}/empty`, '')
    fs.mkdirSync(`${d}/e`)
    a('new', () => fs.copyFileSync(`${d}/f`, `${d}/c`))
    a('over', () => fs.copyFileSync(`${d}/f`, `${d}/g`))
    a('exclusive', () => fs.copyFileSync(`${d}/f`, `${d}/g`, COPYFILE_EXCL))
    a('exclusive new', () => fs.copyFileSync(`${d}/f`, `${d}/h`, COPYFILE_EXCL))
    a('clone', () => fs.copyFileSync(`${d}/f`, `${d}/i`, COPYFILE_FICLONE))
    a('empty', () => fs.copyFileSync(`${d}/empty`, `${d}/g`))
    a('itself', () => fs.copyFileSync(`${d}/f`, `${d}/f`))
    a('nothing', () => fs.copyFileSync(`${d}/n`, `${d}/c`))
    a('to nowhere', () => fs.copyFileSync(`${d}/f`, `${d}/n/c`))
    a('to a directory', () => fs.copyFileSync(`${d}/f`, `${d}/e`))
    a('a directory', () => fs.copyFileSync(`${d}/e`, `${d}/j`))
    a('a directory over a file', () => fs.copyFileSync(`${d}/e`, `${d}/c`))
    for (const wrong of ['x', -1, 8, 1.5, {}]) a(`mode ${wrong}`, () => fs.copyFileSync(`${d}/f`, `${d}/k`, wrong as number))
    for (const wrong of [5, null, undefined, {}, 'a\0b', '']) {
      a('from', () => fs.copyFileSync(wrong as string, `${d}/l`))
      a('to', () => fs.copyFileSync(`${d}/f`, wrong as string))
    }
  },
  'a log that is appended to and replaced': (fs, d, a) => {
    for (let i = 0; i < 5; i++) fs.appendFileSync(`${d}/log`, `entry ${i}\n`)
    const lines = fs.readFileSync(`${d}/log`, 'utf8').split('\n').slice(2)
    const fd = fs.openSync(`${d}/log.tmp`, 'wx')
    a('write', () => fs.writeSync(fd, lines.join('\n')))
    a('sync', () => fs.fsyncSync(fd))
    fs.closeSync(fd)
    a('rename', () => fs.renameSync(`${d}/log.tmp`, `${d}/log`))
    const folder = fs.openSync(d, 'r')
    a('sync of the folder', () => fs.fsyncSync(folder))
    fs.closeSync(folder)
    a('read', () => fs.readFileSync(`${d}/log`, 'utf8'))
    a('names', () => fs.readdirSync(d))
  },
  'lock files': (fs, d, a) => {
    a('take', () => fs.closeSync(fs.openSync(`${d}/lock`, 'wx')))
    a('taken', () => fs.openSync(`${d}/lock`, 'wx'))
    a('release', () => fs.unlinkSync(`${d}/lock`))
    a('take again', () => fs.writeFileSync(`${d}/lock`, 'pid', { flag: 'wx' }))
  },
  'generations of directories': (fs, d, a) => {
    for (const generation of [1, 2, 3]) {
      fs.mkdirSync(`${d}/next/segments`, { recursive: true })
      fs.writeFileSync(`${d}/next/segments/${generation}`, String(generation))
      a('over', () => fs.renameSync(`${d}/next`, `${d}/current`))
      a('move away', () => fs.renameSync(`${d}/current`, `${d}/old-${generation}`))
    }
    a('names', () => fs.readdirSync(d))
    a('remove', () => fs.rmSync(`${d}/old-1`, { recursive: true }))
  },
}
