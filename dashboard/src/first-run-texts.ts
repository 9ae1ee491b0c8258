/** Texts of the page before a battery has come. Part of `texts.ts`. */
export const firstRunTexts = {
  title: 'No battery yet',
  lead: 'The server runs and waits. Your battery must be led here, once.',
  steps: {
    listen: 'Let the server be reached',
    listenHow: (address: string) =>
      `It listens on ${address} alone, which no other device reaches: the battery cannot come. Set battery.listen to 0.0.0.0:7777 in the configuration (in the environment: ALPHAESS_LOCAL_BATTERY_LISTEN), and start the server again.`,
    address: (name: string) => `Make the name ${name} mean this machine`,
    addressHow:
      'In your router, Pi-hole or AdGuard Home add a DNS record. docs/redirect.md shows each way, and how to undo it.',
    record: (name: string, address: string) => `${name} → ${address}`,
    others: (addresses: readonly string[]) => `This machine has other addresses, too: ${addresses.join(', ')}.`,
    fixed: 'Give this machine a fixed address first, or its router may give it another one day.',
    unknownAddress: 'The address is that of this machine in your network.',
    containerAddress: 'The address is that of the machine that runs this container, in your network.',
    noAddress: 'This machine has no address in a network: connect it to that of the battery.',
    firewall: 'Let the battery in',
    firewallHow: (port: number) =>
      `A firewall on this machine must let the battery reach TCP port ${port}; the Internet never may: docs/redirect.md#the-hosts-firewall.`,
    restart: 'Wait, or hurry the battery',
    restartHow:
      'It asks for the name only when it connects anew, and may hold its old connection to the vendor for days. To hurry it, unplug its network cable for a minute, restart its Wi-Fi or access point, or block its way to the Internet until it notices. Once its connection is lost it comes within about 30 minutes: docs/redirect.md#did-it-work.',
  },
  sees: 'What the server sees so far',
  connections: 'Open connections',
  frames: 'Frames received',
  levels: { ok: 'Fine', warning: 'Warning', fault: 'Fault' },
  readMore: (link: string) => `More: ${link}`,
  problems: 'Problems seen',
  auto: 'This page changes by itself as soon as the first reading comes.',
} as const;
