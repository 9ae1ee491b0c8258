/**
 * Who a simulated battery is: invented serial numbers and an invented owner. Nothing here belongs to anybody; the
 * telephone numbers are ones set aside for fiction in Australia, the MAC addresses locally administered ones.
 */
import type { Random } from '../random.ts';

export interface SimulatedIdentity {
  readonly sn: string;
  readonly password: string;
  readonly license: string;
  readonly address: string;
  readonly zipCode: string;
  readonly phoneNumber: string;
  readonly batterySn: string;
  readonly inverterSn: string;
  readonly wifiSn: string;
  readonly mac: string;
}

/** @param index 0 … : the serial number counts from `ALSIM0000001` */
export function inventIdentity(random: Random, index: number): SimulatedIdentity {
  return {
    sn: `ALSIM${String(index + 1).padStart(7, '0')}`,
    password: random.text(8, 'abcdefghjkmnpqrstuvwxyz23456789'),
    license: `SIMLIC${random.text(8)}`,
    address: `${random.whole(1, 200)} Invented Street`,
    zipCode: `0${random.text(3)}`,
    phoneNumber: random.pick(['0491570006', '0491570156', '0491570157', '0491570158', '0491570159']),
    batterySn: `SIMBAT${random.text(9)}`,
    inverterSn: `SIMINV${random.text(9)}`,
    wifiSn: `SIMWIFI${random.text(8)}`,
    mac: Array.from({ length: 6 }, (_, i) => (i === 0 ? '02' : random.text(2, '0123456789ABCDEF'))).join(':'),
  };
}
