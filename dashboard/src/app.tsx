/** The frame around every view: name, navigation, which battery, and whether the server is there. */
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { api } from './api.ts';
import * as format from './format.ts';
import { Icon } from './parts/icons.tsx';
import { lazy } from './parts/lazy.tsx';
import { hasNewerPage } from './renewal.ts';
import { adjust, linkTo, MAIN_VIEWS, route, type View } from './router.ts';
import { batteries, chosenId, failure, houseName, link, locked, now, server, session, zone } from './store.ts';
import { texts } from './texts.ts';
import NowView from './views/now.tsx';

const views: Readonly<Record<View, ComponentType>> = {
  now: NowView,
  history: lazy(() => import('./views/history.tsx')),
  battery: lazy(() => import('./views/battery.tsx')),
  control: lazy(() => import('./views/control.tsx')),
  events: lazy(() => import('./views/events.tsx')),
  frames: lazy(() => import('./views/frames.tsx')),
  system: lazy(() => import('./views/system.tsx')),
  vendor: lazy(() => import('./views/vendor.tsx')),
};
const Login = lazy(() => import('./views/login.tsx'));
const FirstRun = lazy(() => import('./views/first-run.tsx'));

/** These say something even before there is a battery. */
const WITHOUT_BATTERY: ReadonlySet<View> = new Set(['frames', 'system', 'vendor']);

function Navigation() {
  return (
    <nav class="views" aria-label={texts.navigation}>
      {MAIN_VIEWS.map((view) => (
        <a key={view} href={linkTo(view)} aria-current={route.value.view === view ? 'page' : undefined}>
          <Icon name={view} />
          <span>{texts.views[view]}</span>
        </a>
      ))}
    </nav>
  );
}

function BatterySwitch() {
  const known = batteries.value ?? [];
  if (known.length < 2) return null;
  return (
    <label class="battery-switch">
      <span class="unseen">{texts.batterySwitch}</span>
      <select
        value={chosenId.value ?? ''}
        onChange={({ currentTarget }) => adjust({ battery: currentTarget.value === '' ? null : currentTarget.value })}
      >
        <option value="">{texts.allTogether}</option>
        {known.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

async function logOut(): Promise<void> {
  await api.logOut();
  location.reload();
}

function LogOut() {
  if (session.value?.password_set !== true || locked.value) return null;
  return (
    <button type="button" class="log-out" onClick={() => void logOut()}>
      {texts.login.out}
    </button>
  );
}

function Gone() {
  const state = link.value;
  if (state.state !== 'gone' || locked.value) return null;
  const time = format.clockTime(state.since, zone.value, 'timeSeconds');
  return (
    <div class="gone" role="alert">
      <Icon name="trouble" />
      <p>
        <strong>{texts.gone.title}</strong> {texts.gone.since(time, format.duration(now.value - state.since))}{' '}
        {texts.gone.what}
      </p>
    </div>
  );
}

function Renewal() {
  if (!hasNewerPage.value) return null;
  return (
    <div class="renewal" role="status">
      <p>{texts.renewal.waits}</p>
      <button type="button" onClick={() => location.reload()}>
        {texts.renewal.now}
      </button>
    </div>
  );
}

function Content() {
  if (locked.value) return <Login />;
  if (batteries.value === null)
    return <p class="quiet">{failure.value === null ? texts.loading : texts.failed(failure.value)}</p>;
  const { view } = route.value;
  if (batteries.value.length === 0 && !WITHOUT_BATTERY.has(view)) return <FirstRun />;
  const Shown = views[view];
  return <Shown />;
}

function skip(): void {
  document.getElementById('content')?.focus();
}

export function App() {
  const { view } = route.value;
  const house = houseName.value;
  useEffect(() => {
    document.title = `${texts.views[view]} · ${house === '' ? texts.product : house}`;
  }, [view, house]);
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        {texts.skip}
      </button>
      <header class="top">
        <h1>{house === '' ? texts.product : house}</h1>
        {!locked.value && server.value !== null && <Navigation />}
        <div class="top-end">
          <BatterySwitch />
          <LogOut />
        </div>
      </header>
      <Gone />
      <Renewal />
      <main id="content" tabIndex={-1}>
        <Content />
      </main>
    </>
  );
}
