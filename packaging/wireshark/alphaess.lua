-- A dissector for Wireshark: what an AlphaESS battery and a server say to each other on TCP port 7777.
-- Install: Help, About Wireshark, Folders, Personal Lua Plugins; copy this file there, and start Wireshark again.
-- Another port: Analyze, Decode As. Filters: alphaess.soc < 20, alphaess.checksum.status == "Bad".

local bit = bit or bit32 or require("bit")
local band, bxor, rshift = bit.band, bit.bxor, bit.rshift

local PORT = 7777
local HEADER, CHECKSUM, LONGEST_BODY = 7, 2, 65536

-- Generated from the tables of fields and commands: npm run docs
local COMMANDS = {
  [0] = "ping",
  [2] = "login",
  [3] = "configuration_request",
  [4] = "configuration",
  [5] = "detail",
  [8] = "order",
  [9] = "event",
  [12] = "history",
  [16] = "live",
}
local FIELDS = {
  { "serial", "Serial number", "text" },
  { "battery_date", "Battery’s date", "text" },
  { "battery_time", "Battery’s time", "text" },
  { "pv1_power", "PV string 1 power, W", "number" },
  { "pv2_power", "PV string 2 power, W", "number" },
  { "pv3_power", "PV string 3 power, W", "number" },
  { "pv4_power", "PV string 4 power, W", "number" },
  { "pv5_power", "PV string 5 power, W (likely)", "number" },
  { "pv6_power", "PV string 6 power, W (likely)", "number" },
  { "pv_ac_power", "AC-coupled PV power, W", "number" },
  { "pv_ac_power_l1", "AC-coupled PV power, phase 1, W", "number" },
  { "pv_ac_power_l2", "AC-coupled PV power, phase 2, W", "number" },
  { "pv_ac_power_l3", "AC-coupled PV power, phase 3, W", "number" },
  { "grid_power_l1", "Grid power, phase 1, W", "number" },
  { "grid_power_l2", "Grid power, phase 2, W", "number" },
  { "grid_power_l3", "Grid power, phase 3, W", "number" },
  { "inverter_power_l1", "Inverter power, phase 1, W", "number" },
  { "inverter_power_l2", "Inverter power, phase 2, W", "number" },
  { "inverter_power_l3", "Inverter power, phase 3, W", "number" },
  { "battery_power", "Battery power, W", "number" },
  { "apparent_power", "Inverter apparent power, VA", "number" },
  { "reactive_power_grid", "Reactive power at the grid meter, var", "number" },
  { "reactive_power_pv", "Reactive power at the PV meter, var (likely)", "number" },
  { "generator_power", "Generator power, W (likely)", "number" },
  { "pv_energy", "PV energy, kWh", "number" },
  { "grid_import_energy", "Energy from the grid, kWh", "number" },
  { "grid_export_energy", "Energy to the grid, kWh", "number" },
  { "battery_charge_energy", "Energy into the battery, kWh", "number" },
  { "battery_discharge_energy", "Energy out of the battery, kWh", "number" },
  { "grid_charge_energy", "Energy into the battery from the grid, kWh", "number" },
  { "generator_energy", "Energy from the generator, kWh (likely)", "number" },
  { "soc", "State of charge, %", "number" },
  { "battery_voltage", "Battery voltage, V", "number" },
  { "battery_current", "Battery current, A", "number" },
  { "inverter_battery_voltage", "Battery voltage at the inverter, V", "number" },
  { "pack_count", "Battery packs", "number" },
  { "pack1_soc", "Pack 1 state of charge, %", "number" },
  { "pack2_soc", "Pack 2 state of charge, %", "number" },
  { "pack3_soc", "Pack 3 state of charge, %", "number" },
  { "pack4_soc", "Pack 4 state of charge, %", "number" },
  { "pack5_soc", "Pack 5 state of charge, %", "number" },
  { "pack6_soc", "Pack 6 state of charge, %", "number" },
  { "pack1_current", "Pack 1 current, A", "number" },
  { "pack2_current", "Pack 2 current, A", "number" },
  { "pack3_current", "Pack 3 current, A", "number" },
  { "pack4_current", "Pack 4 current, A", "number" },
  { "pack5_current", "Pack 5 current, A", "number" },
  { "pack6_current", "Pack 6 current, A", "number" },
  { "cell_voltage_min", "Lowest cell voltage, V", "packed_millivolts" },
  { "cell_voltage_min_pack", "Pack of the lowest cell", "packed_pack" },
  { "cell_voltage_min_cell", "Number of the lowest cell", "packed_position" },
  { "cell_voltage_max", "Highest cell voltage, V", "packed_millivolts" },
  { "cell_voltage_max_pack", "Pack of the highest cell", "packed_pack" },
  { "cell_voltage_max_cell", "Number of the highest cell", "packed_position" },
  { "cell_temp_min", "Lowest cell temperature, °C", "packed_celsius" },
  { "cell_temp_min_pack", "Pack of the coldest sensor", "packed_pack" },
  { "cell_temp_min_sensor", "Number of the coldest sensor", "packed_position" },
  { "cell_temp_max", "Highest cell temperature, °C", "packed_celsius" },
  { "cell_temp_max_pack", "Pack of the hottest sensor", "packed_pack" },
  { "cell_temp_max_sensor", "Number of the hottest sensor", "packed_position" },
  { "bms_state", "BMS state", "number" },
  { "flag_bms", "Charge and discharge permission (likely)", "number" },
  { "bms_relay", "Battery relays (likely)", "number" },
  { "bmu_relay", "SuperCableBox relay", "number" },
  { "bms_hardware_version_1", "Battery hardware, group 1", "number" },
  { "bms_hardware_version_2", "Battery hardware, group 2", "number" },
  { "bms_hardware_version_3", "Battery hardware, group 3", "number" },
  { "pv1_voltage", "PV string 1 voltage, V", "number" },
  { "pv2_voltage", "PV string 2 voltage, V", "number" },
  { "pv3_voltage", "PV string 3 voltage, V (likely)", "number" },
  { "pv4_voltage", "PV string 4 voltage, V (likely)", "number" },
  { "pv5_voltage", "PV string 5 voltage, V (likely)", "number" },
  { "pv6_voltage", "PV string 6 voltage, V (likely)", "number" },
  { "grid_voltage_l1", "Grid voltage, phase 1, V", "number" },
  { "grid_voltage_l2", "Grid voltage, phase 2, V", "number" },
  { "grid_voltage_l3", "Grid voltage, phase 3, V", "number" },
  { "grid_frequency", "Grid frequency, Hz", "number" },
  { "pv_meter_voltage_l1", "Voltage at the PV meter, phase 1, V", "number" },
  { "pv_meter_voltage_l2", "Voltage at the PV meter, phase 2, V", "number" },
  { "pv_meter_voltage_l3", "Voltage at the PV meter, phase 3, V", "number" },
  { "inverter_grid_voltage_l1", "Grid voltage at the inverter, phase 1, V (likely)", "number" },
  { "inverter_grid_voltage_l2", "Grid voltage at the inverter, phase 2, V (likely)", "number" },
  { "inverter_grid_voltage_l3", "Grid voltage at the inverter, phase 3, V (likely)", "number" },
  { "inverter_grid_frequency", "Grid frequency at the inverter, Hz (likely)", "number" },
  { "bus_voltage", "DC bus voltage, V", "number" },
  { "inverter_temperature", "Inverter temperature, °C", "number" },
  { "charge_limit", "Charge power allowed, W", "number" },
  { "discharge_limit", "Discharge power allowed, W", "number" },
  { "pac_l1", "EMS power command, slot 1, W", "number" },
  { "pac_l2", "EMS power command, slot 2, W", "number" },
  { "pac_l3", "EMS power command, slot 3, W", "number" },
  { "dispatch_active", "Remote dispatch active", "flag" },
  { "dispatch_power", "Remote dispatch power, W (likely)", "number" },
  { "dispatch_soc", "Remote dispatch SOC target (likely)", "number" },
  { "dispatch_mode", "Remote dispatch mode (likely)", "number" },
  { "inv_work_mode", "Inverter state, raw (likely)", "number" },
  { "ems_status", "EMS state", "text" },
  { "sys_mode", "System mode, raw (unknown)", "number" },
  { "ups_model", "UPS mode, raw (unknown)", "number" },
  { "ev_charger_plug_lock", "EV charger plug lock (likely)", "number" },
  { "err_inv", "Inverter fault", "number" },
  { "war_inv", "Inverter warning", "number" },
  { "err_ems", "EMS fault", "number" },
  { "err_bms", "BMS fault", "number" },
  { "err_meter", "Meter fault", "number" },
  { "err_backup_box", "Backup box fault", "number" },
  { "bms_shutdown", "Battery shutdown fault", "number" },
  { "id_temp_low", "Pack with the alarm: low temperature", "number" },
  { "id_temp_high", "Pack with the alarm: high temperature", "number" },
  { "id_temp_delta", "Pack with the alarm: temperature difference", "number" },
  { "id_charge_current", "Pack with the alarm: charge over-current", "number" },
  { "id_discharge_current", "Pack with the alarm: discharge over-current", "number" },
  { "id_cell_voltage_high", "Pack with the alarm: cell over-voltage", "number" },
  { "id_cell_voltage_low", "Pack with the alarm: cell under-voltage", "number" },
  { "id_soc_low", "Pack with the alarm: low state of charge", "number" },
  { "id_cell_voltage_delta", "Pack with the alarm: cell voltage difference", "number" },
  { "wifi_signal", "Wi-Fi signal, dBm (likely)", "number" },
  { "cellular_signal", "Cellular signal", "text" },
  { "reply_status", "Status of the reply", "text" },
  { "config_check_time", "Last update at the server", "text" },
  { "license", "Installer’s licence", "text" },
  { "country", "Country", "text" },
  { "address", "Owner’s address", "text" },
  { "zip_code", "Owner’s postcode", "text" },
  { "phone_number", "Owner’s telephone", "text" },
  { "inverter_model", "Inverter model", "text" },
  { "battery_model", "Battery model", "text" },
  { "grid_meter_model", "Grid meter model", "text" },
  { "pv_meter_model", "PV meter model", "text" },
  { "bmu_model", "Control box model", "text" },
  { "inverter_type", "Inverter type (likely)", "text" },
  { "ems_platform", "EMS generation (likely)", "text" },
  { "network_type", "Network module type (likely)", "text" },
  { "pv_size", "PV size, kWp", "number" },
  { "pv_size_ac_coupled", "PV size, AC-coupled, W", "number" },
  { "pv_size_hybrid", "PV size, on the storage inverter, W", "number" },
  { "inverter_rating", "Inverter rating, kW", "number" },
  { "battery_capacity", "Battery capacity, kWh", "number" },
  { "battery_usable_share", "Usable share of the battery, %", "number" },
  { "coupling", "Coupling of the PV", "number" },
  { "no_battery_mode", "Runs without a battery", "flag" },
  { "backup_box_fitted", "Backup box fitted", "flag" },
  { "fan_control", "Fan control", "flag" },
  { "install_module", "Install module, raw (unknown)", "number" },
  { "string_ae", "String A, raw (unknown)", "number" },
  { "string_be", "String B, raw (unknown)", "number" },
  { "string_ce", "String C, raw (unknown)", "number" },
  { "inverter_serial", "Inverter serial number", "text" },
  { "wifi_serial", "Network module serial number", "text" },
  { "backup_box_serial", "Backup box serial number", "text" },
  { "scb_serial", "SuperCableBox serial number", "text" },
  { "pack1_serial", "Pack 1 serial number", "text" },
  { "pack2_serial", "Pack 2 serial number", "text" },
  { "pack3_serial", "Pack 3 serial number", "text" },
  { "pack4_serial", "Pack 4 serial number", "text" },
  { "pack5_serial", "Pack 5 serial number", "text" },
  { "pack6_serial", "Pack 6 serial number", "text" },
  { "pack7_serial", "Pack 7 serial number", "text" },
  { "pack8_serial", "Pack 8 serial number", "text" },
  { "pack9_serial", "Pack 9 serial number", "text" },
  { "pack10_serial", "Pack 10 serial number", "text" },
  { "pack11_serial", "Pack 11 serial number", "text" },
  { "pack12_serial", "Pack 12 serial number", "text" },
  { "pack13_serial", "Pack 13 serial number", "text" },
  { "pack14_serial", "Pack 14 serial number", "text" },
  { "pack15_serial", "Pack 15 serial number", "text" },
  { "pack16_serial", "Pack 16 serial number", "text" },
  { "pack17_serial", "Pack 17 serial number", "text" },
  { "pack18_serial", "Pack 18 serial number", "text" },
  { "ems_version", "EMS firmware", "text" },
  { "ems_hardware_version", "EMS hardware version", "text" },
  { "bms_version", "BMS firmware", "text" },
  { "inverter_version", "Inverter firmware", "text" },
  { "slave_version", "Slave firmware", "text" },
  { "inverter_hardware_version", "Inverter hardware version", "text" },
  { "backup_box_version", "Backup box version", "text" },
  { "scb_version", "SuperCableBox version", "text" },
  { "wifi_version", "Network module firmware", "text" },
  { "wifi_hardware_version", "Network module hardware version", "text" },
  { "grid_charge_enabled", "Charge windows in force", "flag" },
  { "discharge_control_enabled", "Discharge windows in force", "flag" },
  { "charge_stop_soc", "Grid charging stops at, %", "number" },
  { "discharge_stop_soc", "Discharging stops at, %", "number" },
  { "charge_window_1_start", "Charge window 1, start, h", "number" },
  { "charge_window_1_end", "Charge window 1, end, h", "number" },
  { "charge_window_2_start", "Charge window 2, start, h", "number" },
  { "charge_window_2_end", "Charge window 2, end, h", "number" },
  { "discharge_window_1_start", "Discharge window 1, start, h", "number" },
  { "discharge_window_1_end", "Discharge window 1, end, h", "number" },
  { "discharge_window_2_start", "Discharge window 2, start, h", "number" },
  { "discharge_window_2_end", "Discharge window 2, end, h", "number" },
  { "charge_window_1_start_minute", "Charge window 1, start, minute, min (likely)", "number" },
  { "charge_window_1_end_minute", "Charge window 1, end, minute, min (likely)", "number" },
  { "charge_window_2_start_minute", "Charge window 2, start, minute, min (likely)", "number" },
  { "charge_window_2_end_minute", "Charge window 2, end, minute, min (likely)", "number" },
  { "discharge_window_1_start_minute", "Discharge window 1, start, minute, min (likely)", "number" },
  { "discharge_window_1_end_minute", "Discharge window 1, end, minute, min (likely)", "number" },
  { "discharge_window_2_start_minute", "Discharge window 2, start, minute, min (likely)", "number" },
  { "discharge_window_2_end_minute", "Discharge window 2, end, minute, min (likely)", "number" },
  { "workday_mask", "Days of the first scheme", "text" },
  { "weekend_mask", "Days of the weekend scheme", "text" },
  { "weekend_grid_charge_enabled", "Weekend: charge windows in force", "flag" },
  { "weekend_discharge_control_enabled", "Weekend: discharge windows in force", "flag" },
  { "weekend_charge_stop_soc", "Weekend: grid charging stops at, %", "number" },
  { "weekend_discharge_stop_soc", "Weekend: discharging stops at, %", "number" },
  { "weekend_charge_window_1_start", "Weekend: charge window 1, start, h", "number" },
  { "weekend_charge_window_1_end", "Weekend: charge window 1, end, h", "number" },
  { "weekend_charge_window_2_start", "Weekend: charge window 2, start, h", "number" },
  { "weekend_charge_window_2_end", "Weekend: charge window 2, end, h", "number" },
  { "weekend_discharge_window_1_start", "Weekend: discharge window 1, start, h", "number" },
  { "weekend_discharge_window_1_end", "Weekend: discharge window 1, end, h", "number" },
  { "weekend_discharge_window_2_start", "Weekend: discharge window 2, start, h", "number" },
  { "weekend_discharge_window_2_end", "Weekend: discharge window 2, end, h", "number" },
  { "weekly_plan_1", "Weekly plan, part 1, raw (unknown)", "text" },
  { "weekly_plan_2", "Weekly plan, part 2, raw (unknown)", "text" },
  { "weekly_plan_3", "Weekly plan, part 3, raw (unknown)", "text" },
  { "weekly_plan_4", "Weekly plan, part 4, raw (unknown)", "text" },
  { "weekly_plan_5", "Weekly plan, part 5, raw (unknown)", "text" },
  { "weekly_plan_6", "Weekly plan, part 6, raw (unknown)", "text" },
  { "weekly_plan_7", "Weekly plan, part 7, raw (unknown)", "text" },
  { "weekly_plan_8", "Weekly plan, part 8, raw (unknown)", "text" },
  { "weekly_plan_9", "Weekly plan, part 9, raw (unknown)", "text" },
  { "weekly_plan_10", "Weekly plan, part 10, raw (unknown)", "text" },
  { "weekly_plan_11", "Weekly plan, part 11, raw (unknown)", "text" },
  { "weekly_plan_12", "Weekly plan, part 12, raw (unknown)", "text" },
  { "weekly_plan_13", "Weekly plan, part 13, raw (unknown)", "text" },
  { "weekly_plan_14", "Weekly plan, part 14, raw (unknown)", "text" },
  { "weekly_plan_15", "Weekly plan, part 15, raw (unknown)", "text" },
  { "weekly_plan_16", "Weekly plan, part 16, raw (unknown)", "text" },
  { "weekly_plan_17", "Weekly plan, part 17, raw (unknown)", "text" },
  { "weekly_plan_18", "Weekly plan, part 18, raw (unknown)", "text" },
  { "weekly_plan_19", "Weekly plan, part 19, raw (unknown)", "text" },
  { "weekly_plan_20", "Weekly plan, part 20, raw (unknown)", "text" },
  { "weekly_plan_21", "Weekly plan, part 21, raw (unknown)", "text" },
  { "weekly_plan_22", "Weekly plan, part 22, raw (unknown)", "text" },
  { "weekly_plan_23", "Weekly plan, part 23, raw (unknown)", "text" },
  { "weekly_plan_24", "Weekly plan, part 24, raw (unknown)", "text" },
  { "weekly_plan_25", "Weekly plan, part 25, raw (unknown)", "text" },
  { "weekly_plan_26", "Weekly plan, part 26, raw (unknown)", "text" },
  { "weekly_plan_27", "Weekly plan, part 27, raw (unknown)", "text" },
  { "weekly_plan_28", "Weekly plan, part 28, raw (unknown)", "text" },
  { "grid_charge_power_max", "Forced charging, most power, kW", "number" },
  { "ems_mode", "EMS mode (likely)", "number" },
  { "feed_in_limit", "Feed-in limit, %", "number" },
  { "ems_language", "EMS display language", "number" },
  { "self_use_or_economic", "Self-use or economic, raw (unknown)", "number" },
  { "relief_mode", "Relief mode, raw (unknown)", "number" },
  { "vpp_mode", "VPP mode, raw (unknown)", "number" },
  { "faa_enable", "FAA enable, raw (unknown)", "text" },
  { "meter_arrangement", "Meters fitted (likely)", "number" },
  { "meter_phase", "Meter phase", "number" },
  { "grid_ct_ratio", "Grid meter CT ratio", "number" },
  { "pv_ct_ratio", "PV meter CT ratio", "number" },
  { "grid_ct_enabled", "Grid meter uses CTs", "flag" },
  { "pv_ct_enabled", "PV meter uses CTs", "flag" },
  { "grid_meter_reversed", "Grid meter reversed", "flag" },
  { "pv_meter_reversed", "PV meter reversed", "flag" },
  { "poc_meter_enabled", "Point-of-connection meter (likely)", "flag" },
  { "grid_power_offset", "Grid power target (likely)", "number" },
  { "grid_power_max", "Grid power limit (likely)", "number" },
  { "grid_code", "Grid code", "number" },
  { "grid_code_variant", "Grid code, variant (likely)", "number" },
  { "power_factor_setting", "Power factor setting", "number" },
  { "voltage_limit_5min", "Voltage limit, 5-minute mean", "number" },
  { "voltage_limit_10min", "Voltage limit, 10-minute mean", "number" },
  { "temperature_limit", "Over-temperature limit", "number" },
  { "output_current_limit", "Output over-current limit", "number" },
  { "dc_injection_limit", "DC injection limit", "number" },
  { "residual_current_protection", "Residual current protection", "number" },
  { "pv_insulation_limit", "PV insulation limit", "number" },
  { "charge_boost_current", "Charge boost current", "number" },
  { "generator_enabled", "Generator control", "flag" },
  { "generator_mode", "Generator mode", "number" },
  { "generator_start_soc", "Generator starts at, %", "number" },
  { "generator_stop_soc", "Generator stops at, %", "number" },
  { "generator_start_hour", "Generator starts at hour, h", "number" },
  { "generator_stop_hour", "Generator stops at hour, h", "number" },
  { "generator_output_mode", "Generator output mode", "number" },
  { "generator_charge_power", "Generator charge power", "number" },
  { "generator_rated_power", "Generator rated power", "number" },
  { "dg_cap", "Diesel generator capacity, raw (likely)", "number" },
  { "l1_priority", "Strategy L1, priority", "number" },
  { "l2_priority", "Strategy L2, priority", "number" },
  { "l3_priority", "Strategy L3, priority", "number" },
  { "l1_soc_limit", "Strategy L1, lowest SOC, %", "number" },
  { "l2_soc_limit", "Strategy L2, lowest SOC, %", "number" },
  { "l3_soc_limit", "Strategy L3, lowest SOC, %", "number" },
  { "dry_contact_1_enabled", "Dry contact 1 enabled", "flag" },
  { "dry_contact_1_mode", "Dry contact 1, mode", "text" },
  { "dry_contact_1_window_a_start", "Dry contact 1, window A, start", "text" },
  { "dry_contact_1_window_a_end", "Dry contact 1, window A, end", "text" },
  { "dry_contact_1_window_b_start", "Dry contact 1, window B, start", "text" },
  { "dry_contact_1_window_b_end", "Dry contact 1, window B, end", "text" },
  { "dry_contact_1_days", "Dry contact 1, weekdays", "number" },
  { "dry_contact_1_soc", "Dry contact 1, SOC threshold, %", "number" },
  { "dry_contact_1_soc_condition", "Dry contact 1, SOC condition (likely)", "number" },
  { "dry_contact_1_ups", "Dry contact 1, UPS function", "flag" },
  { "dry_contact_1_on_power", "Dry contact 1, feed-in power to switch on", "number" },
  { "dry_contact_1_off_power", "Dry contact 1, feed-in power to switch off", "number" },
  { "dry_contact_1_delay", "Dry contact 1, delay, min", "number" },
  { "dry_contact_1_duration", "Dry contact 1, shortest time on, min", "number" },
  { "dry_contact_1_pause", "Dry contact 1, shortest time off, min", "number" },
  { "dry_contact_2_enabled", "Dry contact 2 enabled", "flag" },
  { "dry_contact_2_mode", "Dry contact 2, mode", "text" },
  { "dry_contact_2_window_a_start", "Dry contact 2, window A, start", "text" },
  { "dry_contact_2_window_a_end", "Dry contact 2, window A, end", "text" },
  { "dry_contact_2_window_b_start", "Dry contact 2, window B, start", "text" },
  { "dry_contact_2_window_b_end", "Dry contact 2, window B, end", "text" },
  { "dry_contact_2_days", "Dry contact 2, weekdays", "number" },
  { "dry_contact_2_soc", "Dry contact 2, SOC threshold, %", "number" },
  { "dry_contact_2_soc_condition", "Dry contact 2, SOC condition (likely)", "number" },
  { "dry_contact_2_ups", "Dry contact 2, UPS function", "flag" },
  { "dry_contact_2_on_power", "Dry contact 2, feed-in power to switch on", "number" },
  { "dry_contact_2_off_power", "Dry contact 2, feed-in power to switch off", "number" },
  { "dry_contact_2_delay", "Dry contact 2, delay, min", "number" },
  { "dry_contact_2_duration", "Dry contact 2, shortest time on, min", "number" },
  { "dry_contact_2_pause", "Dry contact 2, shortest time off, min", "number" },
}
local ON_WIRE = {
  ["sn"] = { { name = "serial", kind = "text", unit = "", certainty = "confirmed", sources = " live detail history config config_reply " } },
  ["date"] = { { name = "battery_date", kind = "text", unit = "", certainty = "confirmed", sources = " history " } },
  ["time"] = { { name = "battery_time", kind = "text", unit = "", certainty = "confirmed", sources = " live detail history " } },
  ["ppv1"] = { { name = "pv1_power", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["ppv2"] = { { name = "pv2_power", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["ppv3"] = { { name = "pv3_power", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["ppv4"] = { { name = "pv4_power", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["ppv5"] = { { name = "pv5_power", kind = "number", unit = "W", certainty = "likely", sources = " live detail history " } },
  ["ppv6"] = { { name = "pv6_power", kind = "number", unit = "W", certainty = "likely", sources = " live detail history " } },
  ["pmeterdc"] = { { name = "pv_ac_power", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["pmeterdcl1"] = { { name = "pv_ac_power_l1", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["pmeterdcl2"] = { { name = "pv_ac_power_l2", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["pmeterdcl3"] = { { name = "pv_ac_power_l3", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["pmeterl1"] = { { name = "grid_power_l1", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["pmeterl2"] = { { name = "grid_power_l2", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["pmeterl3"] = { { name = "grid_power_l3", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["preall1"] = { { name = "inverter_power_l1", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["preall2"] = { { name = "inverter_power_l2", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["preall3"] = { { name = "inverter_power_l3", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["pbat"] = { { name = "battery_power", kind = "number", unit = "W", certainty = "confirmed", sources = " live detail history " } },
  ["sva"] = { { name = "apparent_power", kind = "number", unit = "VA", certainty = "confirmed", sources = " live history " } },
  ["varac"] = { { name = "reactive_power_grid", kind = "number", unit = "var", certainty = "confirmed", sources = " live history " } },
  ["vardc"] = { { name = "reactive_power_pv", kind = "number", unit = "var", certainty = "likely", sources = " live history " } },
  ["gcpower"] = { { name = "generator_power", kind = "number", unit = "W", certainty = "likely", sources = " live history " } },
  ["epvtotal"] = { { name = "pv_energy", kind = "number", unit = "kWh", certainty = "confirmed", sources = " detail history " } },
  ["einput"] = { { name = "grid_import_energy", kind = "number", unit = "kWh", certainty = "confirmed", sources = " detail history " } },
  ["eoutput"] = { { name = "grid_export_energy", kind = "number", unit = "kWh", certainty = "confirmed", sources = " detail history " } },
  ["echarge"] = { { name = "battery_charge_energy", kind = "number", unit = "kWh", certainty = "confirmed", sources = " detail history " } },
  ["edischarge"] = { { name = "battery_discharge_energy", kind = "number", unit = "kWh", certainty = "confirmed", sources = " detail history " } },
  ["egridcharge"] = { { name = "grid_charge_energy", kind = "number", unit = "kWh", certainty = "confirmed", sources = " detail history " } },
  ["egcoutput"] = { { name = "generator_energy", kind = "number", unit = "kWh", certainty = "likely", sources = " detail history " } },
  ["soc"] = { { name = "soc", kind = "number", unit = "%", certainty = "confirmed", sources = " live detail history " } },
  ["batv"] = { { name = "battery_voltage", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["batc"] = { { name = "battery_current", kind = "number", unit = "A", certainty = "confirmed", sources = " detail history " } },
  ["invbatv"] = { { name = "inverter_battery_voltage", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["bmsnum"] = { { name = "pack_count", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["soc1"] = { { name = "pack1_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " detail history " } },
  ["soc2"] = { { name = "pack2_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " detail history " } },
  ["soc3"] = { { name = "pack3_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " detail history " } },
  ["soc4"] = { { name = "pack4_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " detail history " } },
  ["soc5"] = { { name = "pack5_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " detail history " } },
  ["soc6"] = { { name = "pack6_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " detail history " } },
  ["batc1"] = { { name = "pack1_current", kind = "number", unit = "A", certainty = "confirmed", sources = " detail history " } },
  ["batc2"] = { { name = "pack2_current", kind = "number", unit = "A", certainty = "confirmed", sources = " detail history " } },
  ["batc3"] = { { name = "pack3_current", kind = "number", unit = "A", certainty = "confirmed", sources = " detail history " } },
  ["batc4"] = { { name = "pack4_current", kind = "number", unit = "A", certainty = "confirmed", sources = " detail history " } },
  ["batc5"] = { { name = "pack5_current", kind = "number", unit = "A", certainty = "confirmed", sources = " detail history " } },
  ["batc6"] = { { name = "pack6_current", kind = "number", unit = "A", certainty = "confirmed", sources = " detail history " } },
  ["vcelllow"] = { { name = "cell_voltage_min", kind = "packed_millivolts", unit = "V", certainty = "confirmed", sources = " detail history " }, { name = "cell_voltage_min_pack", kind = "packed_pack", unit = "", certainty = "confirmed", sources = " detail history " }, { name = "cell_voltage_min_cell", kind = "packed_position", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["vcellhigh"] = { { name = "cell_voltage_max", kind = "packed_millivolts", unit = "V", certainty = "confirmed", sources = " detail history " }, { name = "cell_voltage_max_pack", kind = "packed_pack", unit = "", certainty = "confirmed", sources = " detail history " }, { name = "cell_voltage_max_cell", kind = "packed_position", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["tcelllow"] = { { name = "cell_temp_min", kind = "packed_celsius", unit = "°C", certainty = "confirmed", sources = " detail history " }, { name = "cell_temp_min_pack", kind = "packed_pack", unit = "", certainty = "confirmed", sources = " detail history " }, { name = "cell_temp_min_sensor", kind = "packed_position", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["tcellhigh"] = { { name = "cell_temp_max", kind = "packed_celsius", unit = "°C", certainty = "confirmed", sources = " detail history " }, { name = "cell_temp_max_pack", kind = "packed_pack", unit = "", certainty = "confirmed", sources = " detail history " }, { name = "cell_temp_max_sensor", kind = "packed_position", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["bmswork"] = { { name = "bms_state", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["flagbms"] = { { name = "flag_bms", kind = "number", unit = "", certainty = "likely", sources = " detail history " } },
  ["bmsrelay"] = { { name = "bms_relay", kind = "number", unit = "", certainty = "likely", sources = " detail history " } },
  ["bmurelay"] = { { name = "bmu_relay", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["bmshardver1"] = { { name = "bms_hardware_version_1", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["bmshardver2"] = { { name = "bms_hardware_version_2", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["bmshardver3"] = { { name = "bms_hardware_version_3", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["upv1"] = { { name = "pv1_voltage", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["vpv1"] = { { name = "pv1_voltage", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["upv2"] = { { name = "pv2_voltage", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["vpv2"] = { { name = "pv2_voltage", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["upv3"] = { { name = "pv3_voltage", kind = "number", unit = "V", certainty = "likely", sources = " detail history " } },
  ["upv4"] = { { name = "pv4_voltage", kind = "number", unit = "V", certainty = "likely", sources = " detail history " } },
  ["upv5"] = { { name = "pv5_voltage", kind = "number", unit = "V", certainty = "likely", sources = " detail history " } },
  ["upv6"] = { { name = "pv6_voltage", kind = "number", unit = "V", certainty = "likely", sources = " detail history " } },
  ["ua"] = { { name = "grid_voltage_l1", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["ub"] = { { name = "grid_voltage_l2", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["uc"] = { { name = "grid_voltage_l3", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["fac"] = { { name = "grid_frequency", kind = "number", unit = "Hz", certainty = "confirmed", sources = " detail history " } },
  ["meterdcua"] = { { name = "pv_meter_voltage_l1", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["meterdcub"] = { { name = "pv_meter_voltage_l2", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["meterdcuc"] = { { name = "pv_meter_voltage_l3", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["invgv1"] = { { name = "inverter_grid_voltage_l1", kind = "number", unit = "V", certainty = "likely", sources = " detail history " } },
  ["invgv2"] = { { name = "inverter_grid_voltage_l2", kind = "number", unit = "V", certainty = "likely", sources = " detail history " } },
  ["invgv3"] = { { name = "inverter_grid_voltage_l3", kind = "number", unit = "V", certainty = "likely", sources = " detail history " } },
  ["invgf"] = { { name = "inverter_grid_frequency", kind = "number", unit = "Hz", certainty = "likely", sources = " detail history " } },
  ["ubus"] = { { name = "bus_voltage", kind = "number", unit = "V", certainty = "confirmed", sources = " detail history " } },
  ["tinv"] = { { name = "inverter_temperature", kind = "number", unit = "°C", certainty = "confirmed", sources = " detail history " } },
  ["pcharge"] = { { name = "charge_limit", kind = "number", unit = "W", certainty = "confirmed", sources = " detail history " } },
  ["pdischarge"] = { { name = "discharge_limit", kind = "number", unit = "W", certainty = "confirmed", sources = " detail history " } },
  ["pacl1"] = { { name = "pac_l1", kind = "number", unit = "W", certainty = "confirmed", sources = " detail history " } },
  ["pacl2"] = { { name = "pac_l2", kind = "number", unit = "W", certainty = "confirmed", sources = " detail history " } },
  ["pacl3"] = { { name = "pac_l3", kind = "number", unit = "W", certainty = "confirmed", sources = " detail history " } },
  ["dispatchswitch"] = { { name = "dispatch_active", kind = "flag", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["pdispatch"] = { { name = "dispatch_power", kind = "number", unit = "W", certainty = "likely", sources = " detail history " } },
  ["dispatchsoc"] = { { name = "dispatch_soc", kind = "number", unit = "", certainty = "likely", sources = " detail history " } },
  ["dispatchmode"] = { { name = "dispatch_mode", kind = "number", unit = "", certainty = "likely", sources = " detail history " } },
  ["invworkmode"] = { { name = "inv_work_mode", kind = "number", unit = "", certainty = "likely", sources = " detail history " } },
  ["emsstatus"] = { { name = "ems_status", kind = "text", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["sysmode"] = { { name = "sys_mode", kind = "number", unit = "", certainty = "unknown", sources = " live history " } },
  ["upsmodel"] = { { name = "ups_model", kind = "number", unit = "", certainty = "unknown", sources = " live history " } },
  ["evcgunlockflag"] = { { name = "ev_charger_plug_lock", kind = "number", unit = "", certainty = "likely", sources = " live history " } },
  ["errinv"] = { { name = "err_inv", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["warinv"] = { { name = "war_inv", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["errems"] = { { name = "err_ems", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["errbms"] = { { name = "err_bms", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["errmeter"] = { { name = "err_meter", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["errbackupbox"] = { { name = "err_backup_box", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["bmsshutdown"] = { { name = "bms_shutdown", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idtempelover"] = { { name = "id_temp_low", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idtempeover"] = { { name = "id_temp_high", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idtempediffe"] = { { name = "id_temp_delta", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idchargcurre"] = { { name = "id_charge_current", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["iddischcurre"] = { { name = "id_discharge_current", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idcellvolover"] = { { name = "id_cell_voltage_high", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idcellvollower"] = { { name = "id_cell_voltage_low", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idsoclower"] = { { name = "id_soc_low", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["idcellvoldiffe"] = { { name = "id_cell_voltage_delta", kind = "number", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["eirp"] = { { name = "wifi_signal", kind = "number", unit = "dBm", certainty = "likely", sources = " detail history " } },
  ["csq"] = { { name = "cellular_signal", kind = "text", unit = "", certainty = "confirmed", sources = " detail history " } },
  ["status"] = { { name = "reply_status", kind = "text", unit = "", certainty = "confirmed", sources = " config_reply " } },
  ["checktime"] = { { name = "config_check_time", kind = "text", unit = "", certainty = "confirmed", sources = " config_reply " } },
  ["license"] = { { name = "license", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["country"] = { { name = "country", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["address"] = { { name = "address", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["zipcode"] = { { name = "zip_code", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["phonenumber"] = { { name = "phone_number", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["minv"] = { { name = "inverter_model", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["mbat"] = { { name = "battery_model", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["mmeter"] = { { name = "grid_meter_model", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["pvmetermode"] = { { name = "pv_meter_model", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["bmumodel"] = { { name = "bmu_model", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["invtype"] = { { name = "inverter_type", kind = "text", unit = "", certainty = "likely", sources = " config " } },
  ["emsplatform"] = { { name = "ems_platform", kind = "text", unit = "", certainty = "likely", sources = " config " } },
  ["nettype"] = { { name = "network_type", kind = "text", unit = "", certainty = "likely", sources = " config config_reply " } },
  ["popv"] = { { name = "pv_size", kind = "number", unit = "kWp", certainty = "confirmed", sources = " config config_reply " } },
  ["ongridcap"] = { { name = "pv_size_ac_coupled", kind = "number", unit = "W", certainty = "confirmed", sources = " config config_reply " } },
  ["storagecap"] = { { name = "pv_size_hybrid", kind = "number", unit = "W", certainty = "confirmed", sources = " config config_reply " } },
  ["poinv"] = { { name = "inverter_rating", kind = "number", unit = "kW", certainty = "confirmed", sources = " config config_reply " } },
  ["cobat"] = { { name = "battery_capacity", kind = "number", unit = "kWh", certainty = "confirmed", sources = " config config_reply " } },
  ["uscapacity"] = { { name = "battery_usable_share", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["acdc"] = { { name = "coupling", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["batready"] = { { name = "no_battery_mode", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["backupbox"] = { { name = "backup_box_fitted", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["fan"] = { { name = "fan_control", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["installmodule"] = { { name = "install_module", kind = "number", unit = "", certainty = "unknown", sources = " config_reply " } },
  ["stringae"] = { { name = "string_ae", kind = "number", unit = "", certainty = "unknown", sources = " config_reply " } },
  ["stringbe"] = { { name = "string_be", kind = "number", unit = "", certainty = "unknown", sources = " config_reply " } },
  ["stringce"] = { { name = "string_ce", kind = "number", unit = "", certainty = "unknown", sources = " config_reply " } },
  ["invsn"] = { { name = "inverter_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["wifisn"] = { { name = "wifi_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["bakboxsn"] = { { name = "backup_box_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["scbsn"] = { { name = "scb_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn1"] = { { name = "pack1_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn2"] = { { name = "pack2_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn3"] = { { name = "pack3_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn4"] = { { name = "pack4_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn5"] = { { name = "pack5_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn6"] = { { name = "pack6_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn7"] = { { name = "pack7_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn8"] = { { name = "pack8_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn9"] = { { name = "pack9_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn10"] = { { name = "pack10_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn11"] = { { name = "pack11_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn12"] = { { name = "pack12_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn13"] = { { name = "pack13_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn14"] = { { name = "pack14_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn15"] = { { name = "pack15_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn16"] = { { name = "pack16_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn17"] = { { name = "pack17_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["batterysn18"] = { { name = "pack18_serial", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["emsversion"] = { { name = "ems_version", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["firmwareversion"] = { { name = "ems_hardware_version", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["bmsversion"] = { { name = "bms_version", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["invversion"] = { { name = "inverter_version", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["slaveversion"] = { { name = "slave_version", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["invhwversion"] = { { name = "inverter_hardware_version", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["bakboxver"] = { { name = "backup_box_version", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["scbver"] = { { name = "scb_version", kind = "text", unit = "", certainty = "confirmed", sources = " config " } },
  ["wifisw"] = { { name = "wifi_version", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["wifihw"] = { { name = "wifi_hardware_version", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["gridcharge"] = { { name = "grid_charge_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["ctrdis"] = { { name = "discharge_control_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["bathighcap"] = { { name = "charge_stop_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["batusecap"] = { { name = "discharge_stop_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["timechaf1"] = { { name = "charge_window_1_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timechae1"] = { { name = "charge_window_1_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timechaf2"] = { { name = "charge_window_2_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timechae2"] = { { name = "charge_window_2_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timedisf1"] = { { name = "discharge_window_1_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timedise1"] = { { name = "discharge_window_1_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timedisf2"] = { { name = "discharge_window_2_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timedise2"] = { { name = "discharge_window_2_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["timechafm1"] = { { name = "charge_window_1_start_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["timechaem1"] = { { name = "charge_window_1_end_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["timechafm2"] = { { name = "charge_window_2_start_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["timechaem2"] = { { name = "charge_window_2_end_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["timedisfm1"] = { { name = "discharge_window_1_start_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["timedisem1"] = { { name = "discharge_window_1_end_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["timedisfm2"] = { { name = "discharge_window_2_start_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["timedisem2"] = { { name = "discharge_window_2_end_minute", kind = "number", unit = "min", certainty = "likely", sources = " config config_reply " } },
  ["chargeworkdays"] = { { name = "workday_mask", kind = "text", unit = "", certainty = "confirmed", sources = " config_reply " } },
  ["chargeweekend"] = { { name = "weekend_mask", kind = "text", unit = "", certainty = "confirmed", sources = " config_reply " } },
  ["gridchargewe"] = { { name = "weekend_grid_charge_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config_reply " } },
  ["ctrdiswe"] = { { name = "weekend_discharge_control_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config_reply " } },
  ["bathighcapwe"] = { { name = "weekend_charge_stop_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config_reply " } },
  ["batusecapwe"] = { { name = "weekend_discharge_stop_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config_reply " } },
  ["timechafwe1"] = { { name = "weekend_charge_window_1_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timechaewe1"] = { { name = "weekend_charge_window_1_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timechafwe2"] = { { name = "weekend_charge_window_2_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timechaewe2"] = { { name = "weekend_charge_window_2_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timedisfwe1"] = { { name = "weekend_discharge_window_1_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timedisewe1"] = { { name = "weekend_discharge_window_1_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timedisfwe2"] = { { name = "weekend_discharge_window_2_start", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timedisewe2"] = { { name = "weekend_discharge_window_2_end", kind = "number", unit = "h", certainty = "confirmed", sources = " config_reply " } },
  ["timechadis1"] = { { name = "weekly_plan_1", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis2"] = { { name = "weekly_plan_2", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis3"] = { { name = "weekly_plan_3", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis4"] = { { name = "weekly_plan_4", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis5"] = { { name = "weekly_plan_5", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis6"] = { { name = "weekly_plan_6", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis7"] = { { name = "weekly_plan_7", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis8"] = { { name = "weekly_plan_8", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis9"] = { { name = "weekly_plan_9", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis10"] = { { name = "weekly_plan_10", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis11"] = { { name = "weekly_plan_11", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis12"] = { { name = "weekly_plan_12", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis13"] = { { name = "weekly_plan_13", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis14"] = { { name = "weekly_plan_14", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis15"] = { { name = "weekly_plan_15", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis16"] = { { name = "weekly_plan_16", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis17"] = { { name = "weekly_plan_17", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis18"] = { { name = "weekly_plan_18", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis19"] = { { name = "weekly_plan_19", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis20"] = { { name = "weekly_plan_20", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis21"] = { { name = "weekly_plan_21", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis22"] = { { name = "weekly_plan_22", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis23"] = { { name = "weekly_plan_23", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis24"] = { { name = "weekly_plan_24", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis25"] = { { name = "weekly_plan_25", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis26"] = { { name = "weekly_plan_26", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis27"] = { { name = "weekly_plan_27", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["timechadis28"] = { { name = "weekly_plan_28", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["maxgridcharge"] = { { name = "grid_charge_power_max", kind = "number", unit = "kW", certainty = "confirmed", sources = " config_reply " } },
  ["setmode"] = { { name = "ems_mode", kind = "number", unit = "", certainty = "likely", sources = " config config_reply " } },
  ["setfeed"] = { { name = "feed_in_limit", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["emslanguage"] = { { name = "ems_language", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["selfuseoreconomic"] = { { name = "self_use_or_economic", kind = "number", unit = "", certainty = "unknown", sources = " config_reply " } },
  ["reliefmode"] = { { name = "relief_mode", kind = "number", unit = "", certainty = "unknown", sources = " config_reply " } },
  ["vppmode"] = { { name = "vpp_mode", kind = "number", unit = "", certainty = "unknown", sources = " config_reply " } },
  ["faaenable"] = { { name = "faa_enable", kind = "text", unit = "", certainty = "unknown", sources = " config config_reply " } },
  ["installmeteroption"] = { { name = "meter_arrangement", kind = "number", unit = "", certainty = "likely", sources = " config config_reply " } },
  ["setphase"] = { { name = "meter_phase", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["ctrate"] = { { name = "grid_ct_ratio", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["pvmeterctrate"] = { { name = "pv_ct_ratio", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["gridmetercte"] = { { name = "grid_ct_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["pvmetercte"] = { { name = "pv_ct_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["meteracnegate"] = { { name = "grid_meter_reversed", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["meterdcnegate"] = { { name = "pv_meter_reversed", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["pocmeterenable"] = { { name = "poc_meter_enabled", kind = "flag", unit = "", certainty = "likely", sources = " config_reply " } },
  ["pmeteroffset"] = { { name = "grid_power_offset", kind = "number", unit = "", certainty = "likely", sources = " config_reply " } },
  ["pmetermax"] = { { name = "grid_power_max", kind = "number", unit = "", certainty = "likely", sources = " config_reply " } },
  ["safe"] = { { name = "grid_code", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["safesub"] = { { name = "grid_code_variant", kind = "number", unit = "", certainty = "likely", sources = " config_reply " } },
  ["powerfact"] = { { name = "power_factor_setting", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["volt5minavg"] = { { name = "voltage_limit_5min", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["volt10minavg"] = { { name = "voltage_limit_10min", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["tempthreshold"] = { { name = "temperature_limit", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["outcurprotect"] = { { name = "output_current_limit", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["dci"] = { { name = "dc_injection_limit", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["rcd"] = { { name = "residual_current_protection", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["pviso"] = { { name = "pv_insulation_limit", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["chargeboostcur"] = { { name = "charge_boost_current", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["generator"] = { { name = "generator_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["generatormode"] = { { name = "generator_mode", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["gcsocstart"] = { { name = "generator_start_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["gcsocend"] = { { name = "generator_stop_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["gctimestart"] = { { name = "generator_start_hour", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["gctimeend"] = { { name = "generator_stop_hour", kind = "number", unit = "h", certainty = "confirmed", sources = " config config_reply " } },
  ["gcoutputmode"] = { { name = "generator_output_mode", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["gcchargepower"] = { { name = "generator_charge_power", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["gcratedpower"] = { { name = "generator_rated_power", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["dg_cap"] = { { name = "dg_cap", kind = "number", unit = "", certainty = "likely", sources = " config_reply " } },
  ["l1priority"] = { { name = "l1_priority", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["l2priority"] = { { name = "l2_priority", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["l3priority"] = { { name = "l3_priority", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["l1soclimit"] = { { name = "l1_soc_limit", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["l2soclimit"] = { { name = "l2_soc_limit", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["l3soclimit"] = { { name = "l3_soc_limit", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["channel1"] = { { name = "dry_contact_1_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["controlmode1"] = { { name = "dry_contact_1_mode", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["starttime1a"] = { { name = "dry_contact_1_window_a_start", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["endtime1a"] = { { name = "dry_contact_1_window_a_end", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["starttime1b"] = { { name = "dry_contact_1_window_b_start", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["endtime1b"] = { { name = "dry_contact_1_window_b_end", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["date1"] = { { name = "dry_contact_1_days", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["chargesoc1"] = { { name = "dry_contact_1_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["chargemode1"] = { { name = "dry_contact_1_soc_condition", kind = "number", unit = "", certainty = "likely", sources = " config config_reply " } },
  ["ups1"] = { { name = "dry_contact_1_ups", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["switchon1"] = { { name = "dry_contact_1_on_power", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["switchoff1"] = { { name = "dry_contact_1_off_power", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["delay1"] = { { name = "dry_contact_1_delay", kind = "number", unit = "min", certainty = "confirmed", sources = " config config_reply " } },
  ["duration1"] = { { name = "dry_contact_1_duration", kind = "number", unit = "min", certainty = "confirmed", sources = " config config_reply " } },
  ["pause1"] = { { name = "dry_contact_1_pause", kind = "number", unit = "min", certainty = "confirmed", sources = " config config_reply " } },
  ["channel2"] = { { name = "dry_contact_2_enabled", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["controlmode2"] = { { name = "dry_contact_2_mode", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["starttime2a"] = { { name = "dry_contact_2_window_a_start", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["endtime2a"] = { { name = "dry_contact_2_window_a_end", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["starttime2b"] = { { name = "dry_contact_2_window_b_start", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["endtime2b"] = { { name = "dry_contact_2_window_b_end", kind = "text", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["date2"] = { { name = "dry_contact_2_days", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["chargesoc2"] = { { name = "dry_contact_2_soc", kind = "number", unit = "%", certainty = "confirmed", sources = " config config_reply " } },
  ["chargemode2"] = { { name = "dry_contact_2_soc_condition", kind = "number", unit = "", certainty = "likely", sources = " config config_reply " } },
  ["ups2"] = { { name = "dry_contact_2_ups", kind = "flag", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["switchon2"] = { { name = "dry_contact_2_on_power", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["switchoff2"] = { { name = "dry_contact_2_off_power", kind = "number", unit = "", certainty = "confirmed", sources = " config config_reply " } },
  ["delay2"] = { { name = "dry_contact_2_delay", kind = "number", unit = "min", certainty = "confirmed", sources = " config config_reply " } },
  ["duration2"] = { { name = "dry_contact_2_duration", kind = "number", unit = "min", certainty = "confirmed", sources = " config config_reply " } },
  ["pause2"] = { { name = "dry_contact_2_pause", kind = "number", unit = "min", certainty = "confirmed", sources = " config config_reply " } },
}
local SOURCES = {
  ["1 16"] = "live",
  ["1 5"] = "detail",
  ["1 12"] = "history",
  ["1 4"] = "config",
  ["2 3"] = "config_reply",
}
local PROTOBUF = {
  [3] = { [0] = { [2] = "sn" }, [2] = { [1] = "userName", [2] = "password", [3] = "companyName" }, [3] = { [2] = "sn" }, [4] = {  }, [5] = {  }, [8] = { [1] = "command", [2] = "cmdIndex", [3] = "parameter1", [4] = "parameter2", [5] = "parameter3", [6] = "parameter4", [7] = "parameter5", [8] = "description" }, [9] = {  }, [12] = {  }, [16] = { [1] = "sn", [2] = "time", [3] = "ppv", [4] = "prealL1", [5] = "prealL2", [6] = "prealL3", [7] = "pmeterL1", [8] = "pmeterL2", [9] = "pmeterL3", [10] = "pmeterDc", [11] = "pmeterDcl1", [12] = "pmeterDcl2", [13] = "pmeterDcl3", [14] = "pbat", [15] = "sva", [16] = "soc", [17] = "gcpower" } },
  [4] = { [0] = { [1] = "status" }, [2] = { [1] = "status" }, [3] = { [1] = "status" }, [4] = { [1] = "status" }, [5] = { [1] = "status" }, [8] = { [1] = "command", [2] = "cmdIndex", [3] = "status", [4] = "msg" }, [9] = { [1] = "status" }, [12] = { [1] = "status" }, [16] = { [1] = "status" } },
}
-- End of what is generated

local alphaess = Proto("alphaess", "AlphaESS battery")

local TYPES = { [1] = "request", [2] = "reply", [3] = "request of newer firmware", [4] = "reply of newer firmware" }
local VERDICTS = { [0] = "Bad", [1] = "Good" }

local f = {
  type = ProtoField.uint8("alphaess.type", "Type", base.DEC, TYPES),
  command = ProtoField.uint8("alphaess.command", "Command", base.DEC, COMMANDS),
  length = ProtoField.uint32("alphaess.length", "Body length", base.DEC),
  checksum = ProtoField.uint16("alphaess.checksum", "Checksum", base.HEX),
  status = ProtoField.uint8("alphaess.checksum.status", "Checksum status", base.DEC, VERDICTS),
  body = ProtoField.bytes("alphaess.body", "Body"),
  text = ProtoField.string("alphaess.text", "Body"),
  row = ProtoField.string("alphaess.row", "Row"),
  unknown = ProtoField.string("alphaess.unknown", "Field without a name"),
  number = ProtoField.uint32("alphaess.protobuf.field", "Field number", base.DEC),
  value = ProtoField.string("alphaess.protobuf.value", "Value"),
}
local e = {
  checksum = ProtoExpert.new("alphaess.checksum.bad", "The checksum is wrong", expert.group.CHECKSUM, expert.severity.ERROR),
  none = ProtoExpert.new("alphaess.no_frame", "No frame of this protocol", expert.group.MALFORMED, expert.severity.ERROR),
  command = ProtoExpert.new("alphaess.command.unknown", "Nobody has documented this command", expert.group.UNDECODED, expert.severity.NOTE),
  body = ProtoExpert.new("alphaess.body.unread", "The body could not be read", expert.group.UNDECODED, expert.severity.WARN),
}

-- Each field by our name; those of the wire lead to them.
local named, all = {}, {}
for _, field in pairs(f) do all[#all + 1] = field end
for _, row in ipairs(FIELDS) do
  local name, title, kind = row[1], row[2], row[3]
  local make = kind == "text" and ProtoField.string or ProtoField.double
  named[name] = make("alphaess." .. name, title)
  all[#all + 1] = named[name]
end
alphaess.fields = all
alphaess.experts = { e.checksum, e.none, e.command, e.body }

local function crc16(bytes, length)
  local crc = 0xffff
  for at = 0, length - 1 do
    crc = bxor(crc, bytes:get_index(at))
    for _ = 1, 8 do
      if band(crc, 1) == 1 then crc = bxor(rshift(crc, 1), 0xa001) else crc = rshift(crc, 1) end
    end
  end
  return crc
end

local function begins_frame(buffer, offset)
  if buffer(offset, 1):uint() ~= 1 or TYPES[buffer(offset + 1, 1):uint()] == nil then return false end
  return buffer(offset + 3, 4):uint() <= LONGEST_BODY
end

-- A field is what its kind of message says it is; else what the first of that name says.
local function meanings(key, source)
  local rows = ON_WIRE[key:lower()]
  if rows == nil then return {} end
  local found = {}
  for _, row in ipairs(rows) do
    if row.sources:find(source, 1, true) then found[#found + 1] = row end
  end
  if #found == 0 then found[1] = rows[1] end
  return found
end

local function unpacked(kind, packed)
  local low = packed % 0x10000
  if kind == "packed_pack" then return math.floor(packed / 0x1000000) end
  if kind == "packed_position" then return math.floor(packed / 0x10000) % 0x100 end
  if kind == "packed_millivolts" then return low / 1000 end
  return low > 0x7fff and low - 0x10000 or low
end

local FLAGS = { ["true"] = 1, ["false"] = 0 }

local function add_member(tree, range, key, text, source)
  local found = meanings(key, source)
  if #found == 0 then
    tree:add(f.unknown, range, key .. ": " .. text)
    return
  end
  for _, row in ipairs(found) do
    local value = text
    if row.kind ~= "text" then value = tonumber(text) or FLAGS[text:lower()] end
    if value ~= nil and row.kind:find("^packed") then value = unpacked(row.kind, value) end
    if value == nil then
      tree:add(f.unknown, range, key .. ": " .. text)
    else
      local item = tree:add(named[row.name], range, value)
      item:append_text((row.unit == "" and "" or " " .. row.unit) .. " (" .. key .. ", " .. row.certainty .. ")")
    end
  end
end

-- Where a value ends that begins at `at`: a text, an object, or a word.
local function value_at(text, at)
  if text:sub(at, at) == '"' then
    local finish = at + 1
    while finish <= #text do
      local letter = text:sub(finish, finish)
      if letter == "\\" then finish = finish + 1 elseif letter == '"' then break end
      finish = finish + 1
    end
    return text:sub(at + 1, finish - 1), finish
  end
  local finish = text:match("^%b{}()", at) or text:match("^%b[]()", at) or text:match("^[^,}%]]*()", at)
  return (text:sub(at, finish - 1):gsub("%s+$", "")), finish - 1
end

-- Members of an object, one after the other; false where not one was found.
local function add_object(tree, body, text, source)
  local at, found = 1, false
  while true do
    local start, finish, key = text:find('"([^"]+)"%s*:%s*', at)
    if start == nil then return found end
    local value, last = value_at(text, finish + 1)
    last = math.min(math.max(last, finish), #text)
    add_member(tree, body(start - 1, last - start + 1), key, value, source)
    at, found = last + 1, true
  end
end

local function cells(line)
  local found, at = {}, 1
  for cell, next_at in (line .. ","):gmatch("([^,]*),()") do
    found[#found + 1] = { text = cell, at = at }
    at = next_at
  end
  return found
end

-- History: names in the first line, a minute in each other.
local function add_table(tree, body, text, source)
  local names, found = nil, false
  for start, line in text:gmatch("()([^\r\n%z]+)") do
    if names == nil then
      names = cells(line)
    else
      local row = tree:add(f.row, body(start - 1, #line), line)
      for index, cell in ipairs(cells(line)) do
        local name = names[index] and names[index].text or ""
        if name ~= "" and #cell.text > 0 then
          add_member(row, body(start + cell.at - 2, #cell.text), name, cell.text, source)
        end
      end
      found = true
    end
  end
  return found
end

-- A number in base 128, least first: its value and where the next begins; nil where it does not end.
local function varint(body, at)
  local value, scale = 0, 1
  for index = at, math.min(at + 9, body:len() - 1) do
    local byte = body(index, 1):uint()
    value = value + (byte % 128) * scale
    if byte < 128 then return value, index + 1 end
    scale = scale * 128
  end
  return nil, at
end

local function protobuf_value(body, at, wire_type)
  if wire_type == 0 then
    local value, finish = varint(body, at)
    return value and string.format("%.0f", value), finish
  end
  local length = wire_type == 1 and 8 or wire_type == 5 and 4 or nil
  if wire_type == 2 then length, at = varint(body, at) end
  if length == nil or at + length > body:len() then return nil, at end
  local finish = at + length
  if length == 0 then return "", finish end
  local range = body(at, length)
  if wire_type == 1 then return tostring(range:le_float()), finish end
  if wire_type == 5 then return tostring(range:le_float()) .. " (" .. range:le_uint() .. ")", finish end
  local raw = range:raw()
  if raw:find("^[%g ]*$") then return raw, finish end
  return tostring(range:bytes()), finish
end

-- Field number, wire type and value are all that is sure; a name is likely.
local function add_protobuf(tree, body, kind, command)
  local names = (PROTOBUF[kind] or {})[command] or {}
  local at = 0
  while at < body:len() do
    local key, start = varint(body, at)
    if key == nil or key < 8 then return false end
    local number, wire_type = math.floor(key / 8), key % 8
    local value, finish = protobuf_value(body, start, wire_type)
    if value == nil then return false end
    local name = names[number] and " (likely " .. names[number] .. ")" or ""
    local item = tree:add(f.number, body(at, finish - at), number)
    item:append_text(", wire type " .. wire_type .. name .. ": " .. value)
    item:add(f.value, body(at, finish - at), value)
    at = finish
  end
  return true
end

local function add_body(tree, body, kind, command)
  local item = tree:add(f.body, body())
  if kind > 2 then return add_protobuf(item, body, kind, command), item end
  local source = SOURCES[kind .. " " .. command] or "?"
  local text = body:raw()
  if text:find("^%s*{") then return add_object(item, body, text, source), item end
  if source == "history" and add_table(item, body, text, source) then return true, item end
  item:add(f.text, body(), text)
  return false, item
end

local function dissect_frame(buffer, pinfo, tree)
  pinfo.cols.protocol = "AlphaESS"
  local root = tree:add(alphaess, buffer())
  if buffer:len() < HEADER or not begins_frame(buffer, 0) then
    root:add_proto_expert_info(e.none)
    pinfo.cols.info:append(" [no frame]")
    return buffer:len()
  end
  local kind, command = buffer(1, 1):uint(), buffer(2, 1):uint()
  local length = buffer(3, 4):uint()
  local name = COMMANDS[command] or ("unknown " .. command)
  local suffix = kind % 2 == 0 and " reply" or ""
  root:append_text(", " .. name .. suffix)
  pinfo.cols.info:append(" " .. name .. suffix)
  root:add(f.type, buffer(1, 1))
  local item = root:add(f.command, buffer(2, 1))
  if COMMANDS[command] == nil then item:add_proto_expert_info(e.command) end
  root:add(f.length, buffer(3, 4))
  if length > 0 then
    local was_read, body = add_body(root, buffer(HEADER, length):tvb(), kind, command)
    if not was_read then body:add_proto_expert_info(e.body) end
  end
  local sum = buffer(HEADER + length, CHECKSUM)
  local computed = crc16(buffer(0, HEADER + length):bytes(), HEADER + length)
  local is_right = computed == sum:uint()
  local checked = root:add(f.checksum, sum)
  root:add(f.status, sum, is_right and 1 or 0):set_generated()
  if not is_right then
    checked:add_proto_expert_info(e.checksum, string.format("The checksum is wrong: 0x%04x fits", computed))
    pinfo.cols.info:append(" [wrong checksum]")
  end
  return buffer:len()
end

-- Of what is no frame all is taken: where the next begins is not known.
local function length_of(buffer, _, offset)
  if not begins_frame(buffer, offset) then return buffer:len() - offset end
  return HEADER + buffer(offset + 3, 4):uint() + CHECKSUM
end

function alphaess.dissector(buffer, pinfo, tree)
  pinfo.cols.info = ""
  dissect_tcp_pdus(buffer, tree, HEADER, length_of, dissect_frame)
  return buffer:len()
end

DissectorTable.get("tcp.port"):add(PORT, alphaess)
