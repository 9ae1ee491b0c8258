/**
 * The Debian package on a whole Debian that is booted in a container: installed, spoken to by a battery, killed, installed again over
 * itself, stopped, purged. The Debian is made once and kept in artifacts/cache.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atEnd, endAll, folder, until } from '../server.ts';
import { ARTIFACTS, build, must, ran, VERSION } from './built.ts';

const SUITE = 'trixie';
const BASE = join(ARTIFACTS, 'cache', `debian-${SUITE}`);
const INCLUDED = 'systemd,systemd-sysv,dbus,adduser,debconf,libstdc++6,init-system-helpers,util-linux';
const PROGRAMS = ['debootstrap', 'systemd-nspawn', 'nsenter', 'dpkg-deb'];

/** Why it cannot be tried here; null where it can. */
const lacks = lackHere();

function lackHere(): string | null {
  if (process.getuid?.() !== 0) return 'only root boots a container';
  const absent = PROGRAMS.filter((program) => ran('sh', ['-c', `command -v ${program}`]).code !== 0);
  return absent.length === 0 ? null : `this machine lacks ${absent.join(', ')}`;
}

/** A Debian that runs, with loopback alone: no port of this machine is taken. */
class Booted {
  readonly root: string;
  readonly #container: ChildProcess;

  constructor(root: string) {
    this.root = root;
    const flags = ['--register=no', '--keep-unit', '--boot', '--quiet', '--private-network', '--directory', root];
    this.#container = spawn('systemd-nspawn', flags, { stdio: 'ignore' });
    const ended = new Promise((resolve) => this.#container.once('close', resolve));
    atEnd(async () => {
      // To systemd-nspawn: that it end what runs in it.
      this.#container.kill('SIGTERM');
      await ended;
    });
  }

  /** Runs a line of shell inside. @returns what it wrote, and how it ended */
  run(line: string): { readonly code: number | null; readonly out: string } {
    const inside = `export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive; unset NODE_EXTRA_CA_CERTS; ${line}`;
    return ran('nsenter', ['-t', this.#init, '-m', '-p', '-u', '-i', '-n', '--', 'sh', '-c', inside]);
  }

  must(line: string): string {
    const { code, out } = this.run(line);
    if (code !== 0) throw new Error(`inside, “${line}” ended with ${code}:\n${out}`);
    return out.trim();
  }

  async up(): Promise<void> {
    await until('systemd to be up', () => {
      const state = this.#init === '' ? '' : this.run('systemctl is-system-running').out;
      return /running|degraded/.test(state);
    });
  }

  get #init(): string {
    return ran('pgrep', ['-P', String(this.#container.pid)]).out.split('\n')[0] ?? '';
  }
}

describe.skipIf(lacks !== null)(`the Debian package${lacks === null ? '' : ` (skipped: ${lacks})`}`, () => {
  let booted: Booted;
  const deb = `alphaess-local_${VERSION}_${process.arch === 'arm64' ? 'arm64' : 'amd64'}.deb`;
  const rows = () => Number(booted.must('alphaess-local export --kind live | wc -l'));
  const battery = () =>
    booted.must('timeout 60 alphaess-local simulate --to 127.0.0.1:7777 --interval 1 --for 6s 2>&1');
  const listens = () =>
    until('the service to listen', () => booted.run('test -e /var/lib/alphaess-local/server.json').code === 0);

  beforeAll(async () => {
    build('deb');
    if (!existsSync(join(BASE, 'usr')))
      must('debootstrap', ['--variant=minbase', `--include=${INCLUDED}`, SUITE, BASE]);
    const root = join(folder(), 'root');
    must('cp', ['-a', `${BASE}/.`, root]);
    cpSync(join(ARTIFACTS, deb), join(root, 'root/a.deb'));
    booted = new Booted(root);
    await booted.up();
    booted.must('dpkg -i /root/a.deb');
    await listens();
  });

  afterAll(endAll);

  it('runs as a user of its own, in a unit that systemd finds nothing wrong with', () => {
    expect(booted.must('systemctl show -p User --value alphaess-local')).toBe('alphaess-local');
    expect(booted.run('systemd-analyze verify alphaess-local.service')).toEqual({ code: 0, out: '' });
    const exposure = /level for alphaess-local\.service: ([\d.]+)/.exec(
      booted.must('systemd-analyze security --no-pager alphaess-local.service'),
    )?.[1];
    expect(Number(exposure)).toBeLessThan(2);
    expect(booted.must('stat -c "%a %U %G" /etc/alphaess-local/alphaess-local.yaml')).toBe('640 root alphaess-local');
    expect(booted.must('stat -c "%a %U" /var/lib/alphaess-local')).toBe('700 alphaess-local');
  });

  it('keeps little memory after a burst: a small young generation, and two arenas', () => {
    const pid = booted.must('systemctl show -p MainPID --value alphaess-local');
    expect(booted.must(`tr '\\0' '\\n' < /proc/${pid}/cmdline`)).toContain('--max-semi-space-size=16');
    expect(booted.must(`tr '\\0' '\\n' < /proc/${pid}/environ`)).toMatch(/^MALLOC_ARENA_MAX=2$/m);
  });

  it('shows nobody anything until a password is set, and says the code in the journal', () => {
    const journal = booted.must('journalctl -u alphaess-local -o cat --no-pager');
    expect(journal).toMatch(/"code":"WEB_SETUP".*with the code \w{4}-\w{4}/);
    expect(journal).toContain('web on 0.0.0.0:7780');
  });

  it('keeps what a battery says, through a kill', async () => {
    battery();
    const kept = rows();
    expect(kept).toBeGreaterThanOrEqual(4);
    booted.must('systemctl kill -s KILL alphaess-local');
    await until(
      'it to be started again',
      () => booted.must('systemctl show -p NRestarts --value alphaess-local') === '1',
    );
    await until('it to be up', () => booted.run('systemctl is-active alphaess-local').out.trim() === 'active');
    expect(rows()).toBe(kept);
  });

  it('keeps data and settings when it is installed anew', async () => {
    const kept = rows();
    booted.must("sed -i 's/^data:/name: Cottage\\ndata:/' /etc/alphaess-local/alphaess-local.yaml");
    // That is no removal: nothing is undone, and nothing said of it.
    expect(booted.must('dpkg -i /root/a.deb 2>&1')).not.toContain('leave');
    await listens();
    expect(booted.must('systemctl is-active alphaess-local')).toBe('active');
    expect(booted.must('head -2 /etc/alphaess-local/alphaess-local.yaml')).toContain('name: Cottage');
    battery();
    expect(rows()).toBeGreaterThan(kept);
  });

  it('stops by itself, well within three seconds and the time systemd needs', () => {
    booted.must('systemctl stop alphaess-local');
    expect(booted.must('systemctl show -p Result -p ExecMainStatus --value alphaess-local')).toBe('success\n0');
    expect(booted.must('journalctl -u alphaess-local -o cat --no-pager')).not.toContain('timed out');
  });

  it('leaves the readings where it is purged and nobody answers, and takes all else', () => {
    expect(booted.must('dpkg --purge alphaess-local 2>&1')).toContain('The readings stay in /var/lib/alphaess-local.');
    expect(readdirSync(join(booted.root, 'var/lib/alphaess-local'))).toContain('alphaess-local.db');
    for (const gone of [
      'etc/alphaess-local',
      'usr/lib/alphaess-local',
      'usr/bin/alphaess-local',
      'var/cache/alphaess-local',
    ])
      expect([gone, existsSync(join(booted.root, gone))]).toEqual([gone, false]);
  });

  it('has leave look for what is to be undone before it goes, and takes the readings, too, where the answer is yes', async () => {
    booted.must('dpkg -i /root/a.deb');
    await listens();
    booted.must('echo "alphaess-local alphaess-local/remove-data boolean true" | debconf-set-selections');
    const said = booted.must('dpkg --purge alphaess-local 2>&1');
    expect(said).toContain('No battery has anything to be undone.');
    expect(said).toContain('run "alphaess-local leave" before you remove it');
    expect(existsSync(join(booted.root, 'var/lib/alphaess-local'))).toBe(false);
    expect(booted.run('id alphaess-local').code).not.toBe(0);
  });
});
