{#- A file that DuckDB writes, and a view that reads it. -#}
{%- materialization external, adapter='duckdb', supported_languages=['sql'] -%}
  {%- set location = adapter.external_file(render(config.get('location', default=external_location(this, config)))) -%}
  {%- set options = render_write_options(config) -%}
  {%- set format = config.get('format') or adapter.external_format(location) -%}
  {%- if format not in ['csv', 'parquet', 'json'] -%}
    {{ exceptions.raise_compiler_error('Invalid format: ' ~ format ~ '. Allowed formats are: csv, parquet, json') }}
  {%- endif -%}
  {%- set write_options = adapter.external_write_options(location, options) -%}
  {%- set read_location = adapter.external_read_location(location, options) -%}
  {%- set goal = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set temp = make_intermediate_relation(this.incorporate(type='table')) -%}

  {{ drop_relation_if_exists(load_cached_relation(temp)) }}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% call statement('create_table') -%}
    {{ create_table_as(False, temp, compiled_code) }}
  {%- endcall %}
  {#- A file without rows may say nothing of its columns: it gets a row of nulls, which the view leaves out. -#}
  {% set is_empty = run_query('select count(*) from ' ~ temp)[0][0] == 0 %}
  {% if is_empty %}
    {% call statement('fill') -%}
      insert into {{ temp }} values ({{ (['null'] * (adapter.get_columns_in_relation(temp) | length)) | join(', ') }})
    {%- endcall %}
  {% endif %}
  {{ write_to_file(temp, location, write_options) }}

  {{ drop_relation_if_exists(existing) }}
  {% call statement('main') -%}
    create or replace view {{ goal }} as (
      select * from read_{{ format }}({{ adapter.quote_literal(read_location) }}{{ _duckdb_read_options(format) }})
      {{ 'where false' if is_empty }}
    );
  {%- endcall %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(goal, model) %}
  {{ drop_relation_if_exists(temp) }}
  {{ adapter.commit() }}
  {% if config.get('plugin') or config.get('glue_register', default=false) %}
    {% do adapter.store_relation(config.get('plugin') or 'glue') %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{% macro _duckdb_read_options(format) -%}
  {%- set given = config.get(format ~ '_read_options') or ({'union_by_name': False} if format == 'parquet' else {'auto_detect': True}) -%}
  {%- for key, value in given.items() -%}
    , {{ key }} = {{ adapter.quote_literal(value) if value is string else value }}
  {%- endfor -%}
{%- endmacro %}

{#- Where a model's file lies, unless its config names a `location`; partitions make it a folder. -#}
{% macro external_location(relation, config) -%}
  {%- set name = adapter.external_root() ~ '/' ~ relation.identifier -%}
  {{- name if config.get('options', {}).get('partition_by') else name ~ '.' ~ config.get('format', 'parquet') -}}
{%- endmacro %}

{% macro location_exists(location) -%}
  {% do return(adapter.location_exists(location)) %}
{%- endmacro %}

{% macro write_to_file(relation, location, options) -%}
  {% call statement('write_to_file') -%}
    copy {{ relation }} to {{ adapter.quote_literal(location) }} ({{ options }})
  {%- endcall %}
{%- endmacro %}

{#- The options of COPY: those of the config, and `format` and `delimiter` beside them, as older projects have it. -#}
{% macro render_write_options(config) -%}
  {%- set given = config.get('options', {}) -%}
  {%- if given is not mapping -%}
    {%- do exceptions.raise_compiler_error('The options argument must be a dictionary') -%}
  {%- endif -%}
  {%- set options = {} -%}
  {%- for key, value in given.items() -%}
    {%- do options.update({key: render(value)}) -%}
  {%- endfor -%}
  {%- for key in ['format', 'delimiter'] if config.get(key) -%}
    {%- do options.update({key: render(config.get(key))}) -%}
  {%- endfor -%}
  {{ return(options) }}
{%- endmacro %}

{#- Views of the files of models that are not part of this run, for a database that lost them (`:memory:`). -#}
{% macro register_upstream_external_models() -%}
  {%- if execute -%}
    {%- set done = [] -%}
    {%- for id in selected_resources if id in graph['nodes'] -%}
      {%- for upstream_id in graph['nodes'][id]['depends_on']['nodes'] if upstream_id not in selected_resources and upstream_id not in done -%}
        {%- set upstream = graph['nodes'].get(upstream_id) -%}
        {%- if upstream and upstream.config.materialized == 'external' -%}
          {%- do done.append(upstream_id) -%}
          {%- set relation = api.Relation.create(database=upstream['database'], schema=upstream['schema'], identifier=upstream['alias']) -%}
          {%- set location = adapter.external_file(upstream.config.get('location', external_location(relation, upstream.config))) -%}
          {%- call statement('main') -%}
            create schema if not exists {{ relation.without_identifier() }}
          {%- endcall -%}
          {%- call statement('main') -%}
            create or replace view {{ relation }} as (
              select * from {{ adapter.quote_literal(adapter.external_read_location(location, render_write_options(upstream.config))) }}
            )
          {%- endcall -%}
        {%- endif -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- do adapter.commit() -%}
  {%- endif -%}
{%- endmacro %}
