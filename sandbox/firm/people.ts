import type { Person, RoleName } from "./firm.ts";

const person = (name: string, roles: readonly RoleName[], active = true): Person => {
  const [first = "", last = ""] = name.toLowerCase().split(" ");
  return {
    handle: `${first.slice(0, 1)}${last}`,
    name,
    email: `${first}.${last}@meridian.example`,
    roles,
    active,
  };
};

/** Everybody of Meridian Consulting, one former colleague included. */
export const people: readonly Person[] = [
  person("Dana Reyes", ["DeliveryLead"]),
  person("Tomas Lindqvist", ["DeliveryLead"]),
  person("Fiona Walsh", ["FinanceManager"]),
  person("Felix Brandt", ["FinanceManager"]),
  // Leads a project herself, so she may not approve money on that one.
  person("Farah Nasser", ["FinanceManager", "DeliveryLead"]),
  person("Carla Mendes", ["ContractOwner"]),
  person("Adil Hassan", ["Administrator"]),
  person("Aiko Tanaka", ["Auditor"]),
  person("Ana Kovac", ["Consultant"]),
  person("Ben Okafor", ["Consultant"]),
  person("Chloe Martin", ["Consultant"]),
  person("Diego Alvarez", ["Consultant"]),
  person("Elif Demir", ["Consultant"]),
  person("Hanna Vogel", ["Consultant"]),
  person("Ivo Petrov", ["Consultant"]),
  person("Jonas Weber", ["Consultant"]),
  person("Gareth Pike", ["FinanceManager"], false),
];

/** Who works here and in which role, the way a directory service would list it. */
export const directory = (): {
  name: string;
  email: string;
  roles: RoleName[];
  active: boolean;
}[] => people.map(({ name, email, roles, active }) => ({ name, email, roles: [...roles], active }));
