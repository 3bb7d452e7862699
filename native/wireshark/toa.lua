-- SPDX-License-Identifier: MIT
-- Shows TOA options (the client's address in a TCP option) in Wireshark and tshark.
--
-- Install it: toa wireshark > ~/.local/lib/wireshark/plugins/toa.lua, or load it once: tshark -X lua_script:toa.lua
--
-- It is a post-dissector: Wireshark decodes every packet as before, and a part of its own is added to packets with TOA
-- options. It uses no port, no column and no table of another dissector.

local toa = Proto("toa", "TCP Option Address")

local fields = {
	kind = ProtoField.uint8("toa.kind", "Kind"),
	length = ProtoField.uint8("toa.length", "Length"),
	format = ProtoField.string("toa.format", "Format"),
	vendor = ProtoField.string("toa.vendor", "Vendor"),
	-- A field has one type: the text is for filters that do not care, the others are for networks.
	client = ProtoField.string("toa.client", "Client"),
	client_ipv4 = ProtoField.ipv4("toa.client.ipv4", "Client (IPv4)"),
	client_ipv6 = ProtoField.ipv6("toa.client.ipv6", "Client (IPv6)"),
	client_port = ProtoField.uint16("toa.client_port", "Client port"),
	virtual = ProtoField.string("toa.virtual", "Virtual address"),
	virtual_ipv4 = ProtoField.ipv4("toa.virtual.ipv4", "Virtual address (IPv4)"),
	virtual_ipv6 = ProtoField.ipv6("toa.virtual.ipv6", "Virtual address (IPv6)"),
	virtual_port = ProtoField.uint16("toa.virtual_port", "Virtual port"),
	network_id = ProtoField.uint32("toa.network_id", "Network id"),
}
toa.fields = fields

toa.prefs.kinds = Pref.string("Other kinds", "",
	"Further kinds to show, with commas: 8 bytes are a port and an IPv4 address, 20 bytes a port and an IPv6 address")

-- The formats: docs/reference/formats.md. Offsets count from the kind byte.
local formats = {
	["ipv4"] = { length = 8, size = 4, client = 4, client_port = 2 },
	["ipv6"] = { length = 20, size = 16, client = 4, client_port = 2 },
	["alibaba-vpc"] = { length = 20, size = 4, client = 4, client_port = 2, virtual = 12, virtual_port = 16, id = 8, id_size = 4, little = true },
	["alibaba-ddos"] = { length = 40, size = 16, client = 4, client_port = 2, virtual = 24, id = 20, id_size = 3 },
	["bytedance"] = { length = 16, size = 4, client = 4, client_port = 2, virtual = 12, virtual_port = 10 },
	["akamai-ipv4"] = { length = 7, size = 4, client = 3 },
	["akamai-ipv6"] = { length = 19, size = 16, client = 3 },
	["virtual"] = { length = 8, size = 4, virtual = 4, virtual_port = 2 },
	["network"] = { length = 6, id = 2, id_size = 4, little = true },
}

-- The vendors, and the kinds and formats that they write.
local vendors = {
	{ "tencent", { 200, "ipv4" }, { 253, "ipv6" } },
	{ "tencent-vpc", { 200, "ipv4" }, { 201, "network" }, { 202, "virtual" } },
	{ "alibaba-vpc", { 252, "alibaba-vpc" }, { 254, "ipv4" }, { 250, "virtual" } },
	{ "alibaba-ddos", { 254, "ipv4" }, { 249, "alibaba-ddos" } },
	{ "alibaba-cdn", { 28, "akamai-ipv4" }, { 28, "akamai-ipv6" } },
	{ "akamai", { 28, "akamai-ipv4" }, { 28, "akamai-ipv6" } },
	{ "netscaler", { 28, "akamai-ipv4" }, { 28, "akamai-ipv6" } },
	{ "baidu", { 254, "ipv4" } },
	{ "bytedance", { 254, "bytedance" } },
	{ "china-mobile", { 200, "ipv4" } },
	{ "dpvs", { 254, "ipv4" }, { 254, "ipv6" } },
	{ "huawei", { 254, "ipv4" }, { 253, "ipv6" }, { 254, "ipv6" } },
	{ "ucloud", { 200, "ipv4" }, { 252, "ipv4" }, { 253, "ipv4" }, { 254, "ipv4" } },
}

local end_of_options, no_operation = 0, 1
-- A Fast Open cookie (RFC 7413, appendix A) has kind 254, and this number where a TOA option has the port.
local fast_open_kind, fast_open = 254, 0xf989

-- by_option[kind][length]: the readings of such options, each with a format and its vendors.
local by_option = {}

local function add_reading(kind, name, vendor)
	local length = formats[name].length
	by_option[kind] = by_option[kind] or {}
	local readings = by_option[kind][length] or {}
	by_option[kind][length] = readings
	for _, reading in ipairs(readings) do
		if reading.name == name then
			table.insert(reading.vendors, vendor)
			return
		end
	end
	table.insert(readings, { name = name, vendors = { vendor } })
end

local function fill()
	by_option = {}
	for _, vendor in ipairs(vendors) do
		for at = 2, #vendor do
			add_reading(vendor[at][1], vendor[at][2], vendor[1])
		end
	end
	for kind in toa.prefs.kinds:gmatch("%d+") do
		add_reading(tonumber(kind), "ipv4")
		add_reading(tonumber(kind), "ipv6")
	end
end

toa.init = fill
toa.prefs_changed = fill

-- One for each TCP header: a tunnel has several.
local all_options, all_syns = Field.new("tcp.options"), Field.new("tcp.flags.syn")

local function add_address(tree, option, name, at, size)
	local range = option(at, size)
	local ipv4 = size == 4
	local address = tostring(ipv4 and range:ipv4() or range:ipv6())
	tree:add(fields[name], range, address)
	tree:add(fields[name .. (ipv4 and "_ipv4" or "_ipv6")], range)
	return address
end

local function add_port(tree, option, name, at)
	if not at then
		return ""
	end
	tree:add(fields[name], option(at, 2))
	return " port " .. option(at, 2):uint()
end

local function add_format(tree, option, reading)
	local format = formats[reading.name]
	local words = reading.name
	local part = tree:add(toa, option, "")
	part:add(fields.kind, option(0, 1))
	part:add(fields.length, option(1, 1))
	part:add(fields.format, option(0, 2), reading.name)
	for _, vendor in ipairs(reading.vendors) do
		part:add(fields.vendor, option(0, 2), vendor)
	end
	if format.client then
		local client = add_address(part, option, "client", format.client, format.size)
		words = words .. ", client " .. client .. add_port(part, option, "client_port", format.client_port)
	end
	if format.virtual then
		local virtual = add_address(part, option, "virtual", format.virtual, format.size)
		words = words .. ", virtual address " .. virtual .. add_port(part, option, "virtual_port", format.virtual_port)
	end
	if format.id then
		local range = option(format.id, format.id_size)
		local id = format.little and range:le_uint() or range:uint()
		part:add(fields.network_id, range, id)
		words = words .. ", network id " .. id
	end
	part:set_text("TCP Option Address: kind " .. option(0, 1):uint() .. ", " .. words)
end

local function add_options(tree, options, is_syn)
	local at, size = 0, options:len()
	while at < size do
		local kind = options(at, 1):uint()
		if kind == end_of_options then
			return
		end
		local length = 1
		if kind ~= no_operation then
			if size - at < 2 then
				return
			end
			length = options(at + 1, 1):uint()
			if length < 2 or length > size - at then
				return
			end
			local option = options(at, length)
			local is_cookie = is_syn and kind == fast_open_kind and length > 3 and option(2, 2):uint() == fast_open
			if not is_cookie then
				for _, reading in ipairs((by_option[kind] or {})[length] or {}) do
					add_format(tree, option, reading)
				end
			end
		end
		at = at + length
	end
end

function toa.dissector(_, _, tree)
	local syns = { all_syns() }
	for _, options in ipairs({ all_options() }) do
		-- A header without options has no field: with a tunnel, the order is not that of the flags.
		local is_syn = false
		for _, syn in ipairs(syns) do
			is_syn = is_syn or syn.value
		end
		add_options(tree, options.range, is_syn)
	end
end

register_postdissector(toa)
