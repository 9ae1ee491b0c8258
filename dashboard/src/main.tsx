import { render } from 'preact';
import { App } from './app.tsx';
import { startLive } from './live.ts';
import { watchPage } from './renewal.ts';
import { watchAddress } from './router.ts';
import { tick, watchLock } from './store.ts';
import './styles/colours.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/now.css';
import './styles/flow.css';
import './styles/energies.css';

const TICK_MS = 1000;

watchAddress();
watchLock();
watchPage();
setInterval(tick, TICK_MS);
void startLive();

const page = document.getElementById('page');
if (page !== null) render(<App />, page);
