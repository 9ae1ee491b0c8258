/**
 * The server as a whole: has its graph built, starts and stops it.
 */

import { networkInterfaces } from 'node:os';
import type { Config } from '../config/load.ts';
import { counted } from '../counted.ts';
import { Addresses } from '../doctor/gather/addresses.ts';
import type { Log } from '../log/log.ts';
import { RecentLog } from '../log/recent-log.ts';
import { ThrottledLog } from '../log/throttled-log.ts';
import { LOCK_FILES } from '../store/sqlite/file/lock.ts';
import { DATABASE_FILE } from '../store/store.ts';
import { listenOn, showAddress } from '../system/listen.ts';
import { closeToOthers } from '../system/private-files.ts';
import { refuseOpenWeb } from '../web/access/open.ts';
import { PASSWORD_FILE } from '../web/access/secrets.ts';
import type { TlsIdentity } from '../web/tls/secure-server.ts';
import { DataUpgrade } from './backups.ts';
import { build, type Running } from './build.ts';
import { type AppContext, type LogLosses, monoMs, now, wallMs } from './context.ts';
import { firstLines, type StartFacts } from './first-lines.ts';
import { type GivenSecrets, givenSecrets } from './given-secrets.ts';
import { SERVER_FILE, ServerFile } from './server-file.ts';
import { version } from './version.ts';
import { CERTIFICATE_FILE, certificateNote } from './web-certificate.ts';

const LOG_TICK_MS = 5000;
const NO_LOSSES: LogLosses = { lost: 0, sayLost: () => {} };

export class App {
  readonly #config: Config;
  /** The log as it is. */
  readonly #owner: Log;
  readonly #log: ThrottledLog;
  readonly #recent: RecentLog;
  readonly #file: ServerFile;
  readonly #output: LogLosses;
  readonly #upgrade: DataUpgrade;
  readonly #input: AppContext['input'];
  #running: Running | null = null;
  #building: Promise<Running> | null = null;
  #ticker: NodeJS.Timeout | null = null;

  /**
   * @param output what the log is written to, asked how much of it was lost
   * @param input a recording under way that is listened to
   */
  constructor(config: Config, log: Log, output: LogLosses = NO_LOSSES, input: AppContext['input'] = null) {
    this.#config = config;
    this.#owner = log;
    this.#recent = new RecentLog(log, wallMs);
    this.#log = new ThrottledLog(this.#recent, monoMs);
    this.#file = new ServerFile(config.data);
    this.#output = output;
    this.#input = input;
    this.#upgrade = new DataUpgrade(config, this.#log, now);
  }

  get batteryPort(): number {
    return this.#running?.listener.port ?? 0;
  }

  get webPort(): number {
    return this.#running?.web.port ?? 0;
  }

  /** Resolves when the recording that is listened to has ended; never where there is none. Of a server that has started. */
  get inputEnded(): Promise<void> {
    return this.#running?.tap?.ended ?? new Promise(() => {});
  }

  /**
   * Opens the store and both ports.
   * @throws OwnerError or StoreError for what the owner can put right; nothing is left open then
   */
  async start(): Promise<void> {
    const { battery, web } = this.#config;
    const secrets = givenSecrets(web);
    refuseOpenWeb(this.#config, secrets.isAny);
    if (!(await this.#upgrade.run())) return;
    this.#building = this.#build(secrets);
    const running = await this.#building;
    this.#ticker = setInterval(() => this.#tickLog(), LOG_TICK_MS);
    try {
      // Before the first battery speaks: who was heard first keeps the plain name.
      const batteries = [...running.watched.state.batteries()];
      running.watched.sinks.start(batteries);
      running.watched.energy.start(batteries.map(({ id }) => id));
      await listenOn('battery', battery.listen, () => running.listener.start());
      if (this.#running === running) await listenOn('web', web.listen, () => running.web.start());
    } catch (error) {
      if (this.#running !== running) return;
      await this.stop();
      throw error;
    }
    // Told to stop before it had begun.
    if (this.#running !== running) return;
    running.keep();
    running.committer.start();
    running.tap?.start();
    running.descriptors.start();
    running.clockWatch.start();
    running.certificate.start((identity) => this.#showCertificate(running, identity));
    running.control.start();
    void running.prices.start();
    running.schedules.start();
    running.backups?.start();
    this.#closeFolder();
    // Before it is said: a command may follow at once.
    this.#writeServerFile(running);
    this.#sayListening(running);
    if (running.certificate.facts !== null) this.#log.note(certificateNote(running.certificate.facts));
  }

  /** Listens no more, commits and answers what was heard, closes everything. */
  async stop(): Promise<void> {
    await this.#upgrade.stop();
    await this.#building?.catch(() => null);
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    this.#file.remove();
    if (this.#ticker !== null) clearInterval(this.#ticker);
    running.descriptors.stop();
    running.clockWatch.stop();
    running.certificate.stop();
    running.schedules.stop();
    const pricing = running.prices.stop();
    running.control.stop();
    running.watched.control.stop();
    const backingUp = running.backups?.stop();
    // Both ports are free at once, for whoever starts the next server before this one has ended.
    await Promise.all([running.listener.stop(), running.tap?.stop(), running.web.stop()]);
    await Promise.all([running.committer.stop(), running.recorder.stop()]);
    running.watched.energy.stop();
    await Promise.all([running.watched.sinks.stop(), backingUp, pricing]);
    await running.store.stop();
    this.#tickLog(true);
  }

  async #build(secrets: GivenSecrets): Promise<Running> {
    const running = await build({
      config: this.#config,
      log: this.#log,
      output: this.#output,
      input: this.#input,
      recentLines: () => this.#recent.lines,
      localToken: this.#file.token,
      secrets,
      tellCode: (code) => this.#tellCode(code),
      isRunning: () => this.#running !== null,
    });
    this.#running = running;
    return running;
  }

  #tickLog(last = false): void {
    this.#log.tick(last);
    this.#output.sayLost((lines, reason) => {
      const text = `${counted(lines, 'line')} of the log ${lines === 1 ? 'was' : 'were'} lost: ${reason}`;
      this.#log.note({ level: 'error', code: 'LOG_LOST', text, data: { lines } });
    });
  }

  /** Without it the server does all but what commands ask of it. */
  #writeServerFile({ web, certificate }: Running): void {
    try {
      const fingerprint = certificate.facts?.fingerprint ?? null;
      this.#file.write({ ...web.address, basePath: this.#config.web.base_path, fingerprint });
    } catch (error) {
      const text = `commands cannot reach this server, since ${SERVER_FILE} cannot be written: ${(error as Error).message}`;
      this.#log.note({ level: 'warn', code: 'DATA_NOT_WRITABLE', text });
    }
  }

  /** Commands know the server by it. */
  #showCertificate(running: Running, identity: TlsIdentity): void {
    running.web.show(identity);
    this.#writeServerFile(running);
  }

  /** Earlier versions left it open, or somebody opened it. */
  #closeFolder(): void {
    const open = closeToOthers(this.#config.data, isDataFile);
    if (open.length === 0) return;
    const text = `others on this machine can read ${open.join(', ')}: give it to the user who runs the server, with mode 700 (files: 600)`;
    this.#log.note({ level: 'warn', code: 'DATA_FOLDER_OPEN', text });
  }

  /** By the log itself: what is remembered of it may be shared. */
  #tellCode(code: string): void {
    const text = `no password is set yet: open the page, and set one with the code ${code}`;
    this.#owner.note({ level: 'warn', code: 'WEB_SETUP', text });
  }

  #startFacts({ web, certificate, tap }: Running): StartFacts {
    const { data, battery, web: page } = this.#config;
    return {
      version: version(),
      data,
      battery: { host: battery.listen.host, port: this.batteryPort },
      page: { ...web.address, basePath: page.base_path, isSecure: certificate.facts !== null },
      addresses: new Addresses(networkInterfaces()).facts(false).addresses.map(({ text }) => text),
      isAwaited: tap === null && battery.listen.port !== 0,
    };
  }

  #sayListening(running: Running): void {
    const { battery, web } = this.#config;
    const text = `listening for batteries on ${showAddress(battery.listen, this.batteryPort)}, web on ${showAddress(web.listen, this.webPort)}`;
    this.#log.note({
      level: 'info',
      code: 'listening',
      text,
      data: { battery_port: this.batteryPort, web_port: this.webPort },
      more: firstLines(this.#startFacts(running)),
    });
  }
}

/** Whether the data folder has a file of that name from us. */
function isDataFile(name: string): boolean {
  return name.startsWith(DATABASE_FILE) || [...LOCK_FILES, PASSWORD_FILE, SERVER_FILE, CERTIFICATE_FILE].includes(name);
}
