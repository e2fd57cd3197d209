{{ config(alias='calendar') }}
select {{ toolbox.local_only() }} as origin, {{ var('depth') }} as depth
