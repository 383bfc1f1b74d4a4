import { IRC, XMPP } from "./chat.ts";
import { MARIADB, MEMCACHED, POSTGRESQL } from "./databases.ts";
import { ETCD } from "./etcd.ts";
import { POLLED, TELECONTROL } from "./field-devices.ts";
import { BEANSTALKD, NATS, RABBITMQ } from "./messaging.ts";
import { MQTT } from "./mqtt.ts";
import { CHAIN_NODE, ELECTRUM, HOME, WEB_PUSH } from "./push-services.ts";
import { REDIS } from "./redis.ts";
import type { Service } from "./service.ts";

/** Every service of the laboratory: daemons of Debian packages, and servers of our own for what Debian has none. */
export const SERVICES: readonly Service[] = [
	REDIS,
	MQTT,
	NATS,
	RABBITMQ,
	BEANSTALKD,
	POSTGRESQL,
	MARIADB,
	MEMCACHED,
	ETCD,
	IRC,
	XMPP,
	ELECTRUM,
	CHAIN_NODE,
	WEB_PUSH,
	HOME,
	POLLED,
	TELECONTROL,
];
