{#- The macro of a strategy: `snapshot_<name>_strategy`, a project's own ones included; `package.name` names a package's. -#}
{% macro strategy_dispatch(name) -%}
  {%- set place = context -%}
  {%- set short = name -%}
  {%- if '.' in name -%}
    {%- set package_name, short = name.split('.', 1) -%}
    {%- set place = context.get(package_name) -%}
    {%- if place is none -%}
      {%- do exceptions.raise_config_error('strategy', "The snapshot strategy '" ~ name ~ "' names a package that does not exist: " ~ package_name) -%}
    {%- endif -%}
  {%- endif -%}
  {%- set macro_name = 'snapshot_' ~ short ~ '_strategy' -%}
  {%- set found = place[macro_name] -%}
  {%- if not found -%}
    {%- do exceptions.raise_config_error('strategy', "There is no snapshot strategy '" ~ name ~ "'. Use timestamp or check, or write a macro " ~ macro_name ~ '.') -%}
  {%- endif -%}
  {{ return(found) }}
{%- endmacro %}

{#- The id of one version of a row. -#}
{% macro snapshot_hash_arguments(args) -%}
  {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}
{% macro default__snapshot_hash_arguments(args) -%}
  md5({%- for arg in args -%}coalesce(cast({{ arg }} as varchar), ''){{ " || '|' || " if not loop.last }}{%- endfor -%})
{%- endmacro %}

{% macro snapshot_string_as_time(timestamp) -%}
  {{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }}
{%- endmacro %}
{% macro default__snapshot_string_as_time(timestamp) %}
  {% do exceptions.raise_not_implemented('snapshot_string_as_time is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro snapshot_scd_parts(unique_key, updated_at) -%}
  {{ return(([unique_key] if unique_key is string else unique_key | list) + [updated_at]) }}
{%- endmacro %}

{#- A row changed when its time is later than the one that was kept. -#}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% set updated_at = config.get('updated_at') %}
  {% set kept = snapshot_meta_columns().dbt_valid_from %}
  {% set hard_deletes = adapter.get_hard_deletes_behavior(model_config) %}
  {% do return({
    'unique_key': config.get('unique_key'),
    'updated_at': updated_at,
    'row_changed': '(' ~ snapshotted_rel ~ '.' ~ kept ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
    'scd_id': snapshot_hash_arguments(snapshot_scd_parts(config.get('unique_key'), updated_at)),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes,
  }) %}
{% endmacro %}

{#- [a column is new, the columns to compare]: of the query's columns those that the snapshot has too. -#}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
  {%- if not target_exists -%}
    {{ return([false, get_columns_in_query(node['compiled_code'])]) }}
  {%- endif -%}
  {%- if check_cols_config == 'all' -%}
    {%- set wanted = get_columns_in_query(node['compiled_code']) -%}
  {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}
    {%- set wanted = check_cols_config -%}
  {%- else -%}
    {%- do exceptions.raise_config_error('check_cols', "check_cols must be 'all' or a list of columns, not: " ~ check_cols_config) -%}
  {%- endif -%}
  {%- set present = adapter.get_columns_in_relation(load_cached_relation(this)) | map(attribute='name') | map('lower') | list -%}
  {%- set state = namespace(has_new=false) -%}
  {%- set both = [] -%}
  {%- for name in wanted -%}
    {%- if name | lower in present -%}
      {%- do both.append(adapter.quote(name) if check_cols_config == 'all' else name) -%}
    {%- else -%}
      {%- set state.has_new = true -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return((state.has_new, both)) }}
{%- endmacro %}

{#- A row changed when one of the columns did; nulls count as a value. -#}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% set updated_at = config.get('updated_at') or snapshot_get_time() %}
  {% set has_new, names = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) %}
  {%- set row_changed -%}
    (
    {%- if has_new -%}
      {{ get_true_sql() }}
    {%- else -%}
      {%- for name in names %}
        {%- set old = snapshotted_rel ~ '.' ~ name %}
        {%- set new = current_rel ~ '.' ~ name %}
        {{ old }} != {{ new }}
        or ({{ old }} is null and {{ new }} is not null)
        or ({{ old }} is not null and {{ new }} is null)
        {{- ' or ' if not loop.last }}
      {%- endfor %}
    {%- endif -%}
    )
  {%- endset %}
  {% set hard_deletes = adapter.get_hard_deletes_behavior(model_config) %}
  {% do return({
    'unique_key': config.get('unique_key'),
    'updated_at': updated_at,
    'row_changed': row_changed,
    'scd_id': snapshot_hash_arguments(snapshot_scd_parts(config.get('unique_key'), updated_at)),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes,
  }) %}
{% endmacro %}
