/** The shop's tables, as a shop would have them: nothing in them is there for Millrace. */
export const schema = `
  create schema if not exists shop;
  create table if not exists shop.customers (
    id bigint generated always as identity primary key, name text not null, email text not null, city text not null, joined_at timestamptz not null default now());
  create table if not exists shop.products (
    id int generated always as identity primary key, name text not null, category text not null, price numeric(10, 2) not null);
  create table if not exists shop.orders (
    id bigint generated always as identity primary key, customer_id bigint not null references shop.customers on delete cascade,
    status text not null default 'placed', placed_at timestamptz not null default now(), changed_at timestamptz not null default now());
  create table if not exists shop.order_items (
    order_id bigint references shop.orders on delete cascade, line int, product_id int not null references shop.products,
    quantity int not null, price numeric(10, 2) not null, primary key (order_id, line));
  create index if not exists orders_of_customer on shop.orders (customer_id);
  create index if not exists orders_by_status on shop.orders (status, id);`

const categories = {
  Tea: ['Assam', 'Darjeeling', 'Earl Grey', 'Sencha', 'Rooibos'],
  Coffee: ['Arabica', 'Espresso', 'Filter roast', 'Decaf'],
  Pots: ['Glass pot', 'Iron pot', 'Thermos'],
  Sweets: ['Shortbread', 'Halva', 'Nougat', 'Marzipan'],
}

/** Fills an empty shop with products and the customers of the first day. */
export async function stock(client) {
  const { rows } = await client.query('select count(*)::int as n from shop.products')
  if (rows[0].n > 0) return
  const products = Object.entries(categories).flatMap(([category, names]) =>
    names.map((name, i) => [name, category, 3 + ((name.length * 7 + i * 5) % 40) + 0.5]),
  )
  for (const product of products)
    await client.query('insert into shop.products (name, category, price) values ($1, $2, $3)', product)
  await client.query(`insert into shop.customers (name, email, city)
    select 'Customer ' || i, 'customer' || i || '@example.com', (array['Bergen', 'Lyon', 'Porto', 'Graz', 'Gdansk'])[1 + i % 5]
    from generate_series(1, 500) i`)
}
